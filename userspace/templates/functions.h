#pragma once

#include "templates/function.h"

namespace sonde::templates {

/// The functions that Go's text/template has (comparison.cpp, collection_functions.cpp, print_functions.cpp).
Answer run_equal(const CallContext& context, Arguments arguments);
Answer run_not_equal(const CallContext& context, Arguments arguments);
Answer run_less(const CallContext& context, Arguments arguments);
Answer run_less_or_equal(const CallContext& context, Arguments arguments);
Answer run_greater(const CallContext& context, Arguments arguments);
Answer run_greater_or_equal(const CallContext& context, Arguments arguments);
Answer run_not(const CallContext& context, Arguments arguments);
Answer run_length(const CallContext& context, Arguments arguments);
Answer run_index(const CallContext& context, Arguments arguments);
Answer run_slice(const CallContext& context, Arguments arguments);
Answer run_call(const CallContext& context, Arguments arguments);
Answer run_print(const CallContext& context, Arguments arguments);
Answer run_printf(const CallContext& context, Arguments arguments);
Answer run_println(const CallContext& context, Arguments arguments);
Answer run_html(const CallContext& context, Arguments arguments);
Answer run_js(const CallContext& context, Arguments arguments);
Answer run_urlquery(const CallContext& context, Arguments arguments);

/// Those that Prometheus adds (query_functions.cpp, number_functions.cpp, text_functions.cpp, link_functions.cpp,
/// pattern_functions.cpp).
Answer run_query(const CallContext& context, Arguments arguments);
Answer run_first(const CallContext& context, Arguments arguments);
Answer run_label(const CallContext& context, Arguments arguments);
Answer run_value(const CallContext& context, Arguments arguments);
Answer run_strvalue(const CallContext& context, Arguments arguments);
Answer run_sort_by_label(const CallContext& context, Arguments arguments);
Answer run_arguments(const CallContext& context, Arguments arguments);
Answer run_humanize(const CallContext& context, Arguments arguments);
Answer run_humanize_1024(const CallContext& context, Arguments arguments);
Answer run_humanize_duration(const CallContext& context, Arguments arguments);
Answer run_humanize_percentage(const CallContext& context, Arguments arguments);
Answer run_humanize_timestamp(const CallContext& context, Arguments arguments);
Answer run_to_time(const CallContext& context, Arguments arguments);
Answer run_to_duration(const CallContext& context, Arguments arguments);
Answer run_now(const CallContext& context, Arguments arguments);
Answer run_parse_duration(const CallContext& context, Arguments arguments);
Answer run_match(const CallContext& context, Arguments arguments);
Answer run_replace_all(const CallContext& context, Arguments arguments);
Answer run_title(const CallContext& context, Arguments arguments);
Answer run_to_upper(const CallContext& context, Arguments arguments);
Answer run_to_lower(const CallContext& context, Arguments arguments);
Answer run_safe_html(const CallContext& context, Arguments arguments);
Answer run_strip_port(const CallContext& context, Arguments arguments);
Answer run_strip_domain(const CallContext& context, Arguments arguments);
Answer run_graph_link(const CallContext& context, Arguments arguments);
Answer run_table_link(const CallContext& context, Arguments arguments);
Answer run_external_url(const CallContext& context, Arguments arguments);
Answer run_path_prefix(const CallContext& context, Arguments arguments);
Answer run_url_query_escape(const CallContext& context, Arguments arguments);

/// Those that Alertmanager adds (text_functions.cpp).
Answer run_join(const CallContext& context, Arguments arguments);
Answer run_trim_space(const CallContext& context, Arguments arguments);
Answer run_string_slice(const CallContext& context, Arguments arguments);

}  // namespace sonde::templates
