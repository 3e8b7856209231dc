// SPDX-License-Identifier: Apache-2.0
#include "host/motion/stabilizer/device_lists.hpp"

#include "host/core/copy_stopwatch.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host {

device_lists::device_lists(const flow_geometry& g, const size& compared, int capacity,
                           const resolved_placement& where)
    : where_(where),
      capacity_(std::size_t(capacity)),
      picture_(take(std::size_t(g.width) * g.height * g.channels * element_size(g.type))),
      compared_(take(std::size_t(compared.width) * compared.height * g.channels * element_size(g.type))),
      free_(take(std::size_t(g.width) * g.height)),
      from_(take(capacity_ * sizeof(point))),
      to_(take(capacity_ * sizeof(point))),
      status_(take(capacity_ * sizeof(track_status))),
      found_(take(capacity_ * sizeof(point))),
      count_(take(sizeof(int))),
      memory_(backend::cuda, where.memory()) {
  memory_.reserve(used_, where.function());
}

std::size_t device_lists::take(std::size_t bytes) {
  const std::size_t place = used_;
  used_ += (bytes + object_memory::alignment - 1) / object_memory::alignment * object_memory::alignment;
  return place;
}

void device_lists::upload(std::size_t place, const void* from, std::size_t bytes) const {
  const copy_stopwatch copies(copy_stopwatch::direction::upload);
  if (bytes > 0)
    check(cuda_table(where_.function()).memory.upload(at(place), from, bytes, nullptr), where_.function());
}

void device_lists::download(void* to, std::size_t place, std::size_t bytes) const {
  const auto& memory = cuda_table(where_.function()).memory;
  check(memory.synchronize(nullptr), where_.function());  // the work before does not count as a copy
  const copy_stopwatch copies(copy_stopwatch::direction::download);
  if (bytes > 0) check(memory.download(to, at(place), bytes, nullptr), where_.function());
  check(memory.synchronize(nullptr), where_.function());
}

point_tracks device_lists::lists(std::span<const point> from) {
  upload(from_, from.data(), from.size_bytes());
  return {.from = {static_cast<const point*>(at(from_)), from.size()},
          .to = {static_cast<point*>(at(to_)), from.size()},
          .status = {static_cast<track_status*>(at(status_)), from.size()}};
}

void device_lists::read(std::span<point> to, std::span<track_status> status) const {
  download(to.data(), to_, to.size_bytes());
  download(status.data(), status_, status.size_bytes());
}

image_view<const u8> device_lists::upload_free(const image<u8>& free) {
  upload(free_, free.data(), free.size());
  image_view<const u8> v{static_cast<const u8*>(at(free_)), free.width(), free.height()};
  v.memory = memory_kind::device;
  return v;
}

feature_result device_lists::corners() const {
  return {.points = {static_cast<point*>(at(found_)), capacity_}, .count = static_cast<int*>(at(count_))};
}

int device_lists::read_corners(std::span<point> found) const {
  int count = 0;
  download(&count, count_, sizeof count);
  download(found.data(), found_, found.size_bytes());
  return count;
}

}  // namespace fluxel::host
