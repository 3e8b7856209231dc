// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/json.hpp"

#include <cmath>
#include <cstdio>

namespace fluxel::cli {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    char code[8];
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::snprintf(code, sizeof code, "\\u%04x", unsigned(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

json_object& json_object::put(const std::string& name, const std::string& json) {
  members_ += (members_.empty() ? "" : ", ") + quoted(name) + ": " + json;
  return *this;
}

json_object& json_object::add(const std::string& name, const std::string& value) { return put(name, quoted(value)); }

json_object& json_object::add(const std::string& name, double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6f", value);
  return put(name, std::isfinite(value) ? text : "null");
}

json_object& json_object::add(const std::string& name, std::int64_t value) {
  return put(name, std::to_string(value));
}

json_object& json_object::add(const std::string& name, const std::vector<std::string>& values) {
  std::string list;
  for (const auto& value : values) list += (list.empty() ? "" : ", ") + quoted(value);
  return put(name, '[' + list + ']');
}

json_object& json_object::add(const std::string& name, const std::vector<std::int64_t>& values) {
  std::string list;
  for (const auto value : values) list += (list.empty() ? "" : ", ") + std::to_string(value);
  return put(name, '[' + list + ']');
}

json_object& json_object::add(const std::string& name, const std::vector<double>& values) {
  std::string list;
  for (const double value : values) {
    char text[64];
    std::snprintf(text, sizeof text, "%.17g", value);
    list += (list.empty() ? "" : ", ") + std::string(std::isfinite(value) ? text : "null");
  }
  return put(name, '[' + list + ']');
}

json_object& json_object::add(const std::string& name, const json_object& value) { return put(name, value.text()); }

json_object& json_object::add(const std::string& name, const std::vector<json_object>& values) {
  std::string list;
  for (const auto& value : values) list += (list.empty() ? "" : ", ") + value.text();
  return put(name, '[' + list + ']');
}

json_object& json_object::append(const json_object& other) {
  members_ += (members_.empty() || other.members_.empty() ? "" : ", ") + other.members_;
  return *this;
}

}  // namespace fluxel::cli
