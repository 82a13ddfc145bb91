#include "capture/victim_argument.h"

#include <bpf/btf.h>

namespace sonde::capture {

VictimArgument victim_argument_of(const btf& types) {
  // typedef void (*btf_trace_mark_victim)(void*, ...): the first parameter is the tracepoint's own.
  const auto id = btf__find_by_name_kind(&types, "btf_trace_mark_victim", BTF_KIND_TYPEDEF);
  if (id < 0) return VictimArgument::kNone;
  const btf_type* pointer = btf__type_by_id(&types, btf__type_by_id(&types, static_cast<std::uint32_t>(id))->type);
  if (pointer == nullptr || !btf_is_ptr(pointer)) return VictimArgument::kNone;
  const btf_type* prototype = btf__type_by_id(&types, pointer->type);
  if (prototype == nullptr || !btf_is_func_proto(prototype) || btf_vlen(prototype) < 2) return VictimArgument::kNone;
  const btf_type* victim = btf__type_by_id(&types, btf_params(prototype)[1].type);
  return victim != nullptr && btf_is_ptr(victim) ? VictimArgument::kTask : VictimArgument::kPid;
}

}  // namespace sonde::capture
