/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_TESTS_C_API_CHECK_H
#define FLUXEL_TESTS_C_API_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fluxel/fluxel.h"

extern int failures;

#define EXPECT(condition)                                                                                       \
  do {                                                                                                          \
    if (!(condition)) {                                                                                         \
      printf("%s:%d: %s is false; last message: %s\n", __FILE__, __LINE__, #condition, fluxel_last_message()); \
      ++failures;                                                                                               \
    }                                                                                                           \
  } while (0)

#define EXPECT_OK(call) EXPECT((call) == FLUXEL_STATUS_OK)

/* The call is rejected with this message. */
#define EXPECT_REJECTED(call, message)                                                                      \
  do {                                                                                                      \
    EXPECT((call) == FLUXEL_STATUS_INVALID_ARGUMENT);                                                       \
    if (strcmp(fluxel_last_message(), message) != 0) {                                                      \
      printf("%s:%d: message is \"%s\", not \"%s\"\n", __FILE__, __LINE__, fluxel_last_message(), message); \
      ++failures;                                                                                           \
    }                                                                                                       \
  } while (0)

/* test_NAME.c has `void test_NAME(void)`, which main calls. */

#endif
