#include "kernels/cpu/row.hpp"
#include "kernels/cpu/scalar/row.hpp"

namespace fluxel::kernels {

const resize_functions cpu_resize_functions = scalar_resize_functions;

std::vector<std::string> cpu_targets() { return {"scalar"}; }
bool force_cpu_target(const std::string& name) { return name.empty() || name == "scalar"; }

}  // namespace fluxel::kernels
