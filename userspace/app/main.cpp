#include <cstdio>

int main() {
  std::fputs("sonde: this build holds no command yet\n", stderr);
  return 1;
}
