// SPDX-License-Identifier: Apache-2.0
// A plugin of qemu-user that counts the instructions of a whole run and writes the sum to the file that
// -plugin .../count_plugin.so,out=FILE names. Debian has no package with the header of that interface, so the few
// functions of its version 1 stand here. One thread only: the counter is not atomic.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct qemu_plugin_tb;
typedef struct qemu_info_t qemu_info_t;
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*translated)(uint64_t, struct qemu_plugin_tb*));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb* block, int operation, void* counter,
                                              uint64_t amount);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*ended)(uint64_t, void*), void* data);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum { add_u64 = 0 };

static uint64_t instructions;
static char out[4096];

static void translated(uint64_t id, struct qemu_plugin_tb* block) {
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_inline(block, add_u64, &instructions, qemu_plugin_tb_n_insns(block));
}

static void ended(uint64_t id, void* data) {
  (void)id, (void)data;
  FILE* file = fopen(out, "w");
  if (file == NULL) return;
  fprintf(file, "%llu\n", (unsigned long long)instructions);
  fclose(file);
}

__attribute__((visibility("default"))) int qemu_plugin_install(uint64_t id, const qemu_info_t* info, int argc,
                                                               char** argv) {
  (void)info;
  if (argc != 1 || strncmp(argv[0], "out=", 4) != 0 || strlen(argv[0] + 4) >= sizeof out) return 1;
  strcpy(out, argv[0] + 4);
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, ended, NULL);
  return 0;
}
