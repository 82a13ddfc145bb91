#include "capture/victim_argument.h"

#include <bpf/btf.h>
#include <gtest/gtest.h>

#include <memory>

namespace sonde::capture {
namespace {

struct BtfDelete {
  void operator()(btf* types) const noexcept { btf__free(types); }
};
using Types = std::unique_ptr<btf, BtfDelete>;

/// Type information as the kernel's: typedef void (*NAME)(void*, VICTIM).
Types types_with(const char* name, bool takes_task) {
  Types types(btf__new_empty());
  const int number = btf__add_int(types.get(), "int", 4, BTF_INT_SIGNED);
  const int task = btf__add_struct(types.get(), "task_struct", 0);
  const int task_pointer = btf__add_ptr(types.get(), task);
  const int anything = btf__add_ptr(types.get(), 0);
  const int prototype = btf__add_func_proto(types.get(), 0);
  btf__add_func_param(types.get(), "", anything);
  btf__add_func_param(types.get(), "", takes_task ? task_pointer : number);
  btf__add_typedef(types.get(), name, btf__add_ptr(types.get(), prototype));
  return types;
}

TEST(VictimArgument, is_a_task_where_the_prototype_takes_a_pointer) {
  EXPECT_EQ(victim_argument_of(*types_with("btf_trace_mark_victim", true)), VictimArgument::kTask);
}

TEST(VictimArgument, is_a_number_on_older_kernels) {
  EXPECT_EQ(victim_argument_of(*types_with("btf_trace_mark_victim", false)), VictimArgument::kPid);
}

TEST(VictimArgument, is_none_where_the_tracepoint_is_unknown) {
  EXPECT_EQ(victim_argument_of(*types_with("btf_trace_wake_reaper", false)), VictimArgument::kNone);
}

TEST(VictimArgument, is_none_where_the_name_is_of_something_else) {
  Types types(btf__new_empty());
  btf__add_typedef(types.get(), "btf_trace_mark_victim", btf__add_int(types.get(), "int", 4, BTF_INT_SIGNED));
  EXPECT_EQ(victim_argument_of(*types), VictimArgument::kNone);
}

}  // namespace
}  // namespace sonde::capture
