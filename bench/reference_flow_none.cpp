#include "bench/reference_flow.hpp"

namespace fluxel::bench {

std::function<void()> reference_dis(image_view<const u8>, image_view<const u8>, image_view<float>, int) { return {}; }

}  // namespace fluxel::bench
