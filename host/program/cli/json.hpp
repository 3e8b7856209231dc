// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fluxel::cli {

/// The text of one JSON object, built name by name.
class json_object {
 public:
  json_object& add(const std::string& name, const std::string& value);
  json_object& add(const std::string& name, const char* value) { return add(name, std::string(value)); }
  json_object& add(const std::string& name, double value);  ///< to a millionth; null where it is not finite
  json_object& add(const std::string& name, std::int64_t value);
  json_object& add(const std::string& name, int value) { return add(name, std::int64_t{value}); }
  json_object& add(const std::string& name, const std::vector<std::string>& values);
  json_object& add(const std::string& name, const std::vector<std::int64_t>& values);
  json_object& add(const std::string& name, const std::vector<double>& values);  ///< exactly; null as above
  json_object& add(const std::string& name, const json_object& value);
  json_object& add(const std::string& name, const std::vector<json_object>& values);

  json_object& append(const json_object& other);  ///< its members

  std::string text() const { return '{' + members_ + '}'; }

 private:
  json_object& put(const std::string& name, const std::string& json);

  std::string members_;
};

}  // namespace fluxel::cli
