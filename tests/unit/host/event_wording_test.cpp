#include "host/event_wording.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace sonde::host {
namespace {

using namespace std::chrono_literals;

struct SpanRow {
  std::chrono::nanoseconds span;
  const char* text;
};

TEST(Wording, says_spans_as_people_do) {
  for (const SpanRow& row :
       {SpanRow{0ns, "less than 1 ms"}, SpanRow{999'999ns, "less than 1 ms"}, SpanRow{1ms, "1 ms"},
        SpanRow{999ms, "999 ms"}, SpanRow{1s, "1.0 s"}, SpanRow{3'249ms, "3.2 s"}, SpanRow{9'999ms, "9.9 s"},
        SpanRow{10s, "10 s"}, SpanRow{59'999ms, "59 s"}, SpanRow{60s, "1 min"}, SpanRow{61s, "1 min 1 s"},
        SpanRow{3'600s, "1 h"}, SpanRow{2h + 5min + 9s, "2 h 5 min"}, SpanRow{24h, "1 d"},
        SpanRow{75h + 59min, "3 d 3 h"}}) {
    EXPECT_EQ(span_text(row.span), row.text);
  }
}

TEST(Wording, says_sizes_in_binary_units) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1'023), "1023 B");
  EXPECT_EQ(size_text(1'024), "1.0 KiB");
  EXPECT_EQ(size_text(512ULL << 20U), "512.0 MiB");
  EXPECT_EQ(size_text((1ULL << 30U) - 1), "1.0 GiB") << "not 1024.0 MiB";
  EXPECT_EQ(size_text(3ULL << 29U), "1.5 GiB");
  EXPECT_EQ(size_text(~0ULL), "16.0 EiB");
}

TEST(Wording, names_who_did_it) {
  EXPECT_EQ(to_text({.service = "nginx", .pid = 812}), "nginx (pid 812)");
  EXPECT_EQ(to_text({.service = "backup", .pid = 813, .process_name = "grep"}), "backup (grep, pid 813)");
  EXPECT_EQ(to_text({.service = "nginx"}), "nginx");
  EXPECT_EQ(to_text({.service = "x", .pid = 1, .process_name = "a\nb\xFF"}),
            "x (a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD, pid 1)");
}

struct EndRow {
  int wait_status;
  const char* text;
  bool crash;
  bool orderly;
};

TEST(Wording, tells_how_a_process_ended_and_whether_that_is_normal) {
  constexpr int kCore = 0x80;
  for (const EndRow& row : {EndRow{0, "exited with code 0", false, true},
                            EndRow{1 << 8, "exited with code 1", false, false},
                            EndRow{255 << 8, "exited with code 255", false, false},
                            EndRow{130 << 8, "exited with code 130", false, true},
                            EndRow{143 << 8, "exited with code 143", false, true},
                            EndRow{137 << 8, "exited with code 137", false, false},
                            EndRow{SIGTERM, "was ended by SIGTERM", false, true},
                            EndRow{SIGINT, "was ended by SIGINT", false, true},
                            EndRow{SIGHUP, "was ended by SIGHUP", false, true},
                            EndRow{SIGPIPE, "was ended by SIGPIPE", false, true},
                            EndRow{SIGKILL, "was killed by SIGKILL", false, true},
                            EndRow{SIGSEGV, "was killed by SIGSEGV", true, false},
                            EndRow{SIGSEGV | kCore, "was killed by SIGSEGV (core dumped)", true, false},
                            EndRow{SIGABRT, "was killed by SIGABRT", true, false},
                            EndRow{SIGBUS, "was killed by SIGBUS", true, false},
                            EndRow{SIGFPE, "was killed by SIGFPE", true, false},
                            EndRow{SIGILL, "was killed by SIGILL", true, false},
                            EndRow{SIGSYS, "was killed by SIGSYS", true, false},
                            EndRow{SIGTRAP, "was killed by SIGTRAP", true, false},
                            EndRow{SIGXCPU, "was killed by SIGXCPU", true, false},
                            EndRow{SIGXFSZ, "was killed by SIGXFSZ", true, false},
                            EndRow{SIGUSR1, "was killed by SIGUSR1", false, false},
                            EndRow{SIGALRM, "was killed by SIGALRM", false, false}}) {
    const ProcessEnd end = read_end(row.wait_status);
    EXPECT_EQ(end_text(end), row.text);
    EXPECT_EQ(is_crash(end), row.crash) << row.text;
    EXPECT_EQ(is_orderly(end), row.orderly) << row.text;
  }
}

TEST(Wording, names_real_time_signals_and_those_that_libc_hides) {
  EXPECT_EQ(signal_name(SIGRTMIN), "SIGRTMIN+0");
  EXPECT_EQ(signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
  EXPECT_EQ(signal_name(32), "SIG32");
  EXPECT_EQ(signal_name(127), "SIG127");
}

TEST(Wording, shortens_build_ids_to_twelve_digits) {
  EXPECT_EQ(short_build_id("0123456789abcdef"), "0123456789ab");
  EXPECT_EQ(short_build_id("0123"), "0123");
  EXPECT_EQ(short_build_id(""), "none");
}

}  // namespace
}  // namespace sonde::host
