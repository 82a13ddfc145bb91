#include "protocol/route.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::protocol {
namespace {

std::string collapsed(std::string_view path) {
  std::string route = "left over";
  collapse_route(path, route);
  return route;
}

struct RouteRow {
  const char* path;
  const char* route;
};

class RouteCase : public testing::TestWithParam<RouteRow> {};

TEST_P(RouteCase, replaces_what_identifies_one_thing) { EXPECT_EQ(collapsed(GetParam().path), GetParam().route); }

INSTANTIATE_TEST_SUITE_P(
    Routes, RouteCase,
    testing::Values(
        RouteRow{"", "/"}, RouteRow{"/", "/"}, RouteRow{"*", "*"}, RouteRow{"///", "/"}, RouteRow{"/users", "/users"},
        RouteRow{"/users/17/orders/", "/users/{id}/orders"}, RouteRow{"//users//17", "/users/{id}"},
        RouteRow{"/api/v1/users", "/api/v1/users"}, RouteRow{"/o/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x", "/o/{id}/x"},
        RouteRow{"/blob/9f86d081884c7d65", "/blob/{id}"}, RouteRow{"/deadbeef", "/deadbeef"},
        RouteRow{"/facade/decade", "/facade/decade"}, RouteRow{"/on/2024-01-31", "/on/{id}"},
        RouteRow{"/on/2024-01-31T10:00:00Z", "/on/{id}"}, RouteRow{"/t/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/t/{id}"},
        RouteRow{"/t/eyJhbGciOiJIUzI1NiIsInR5", "/t/{id}"}, RouteRow{"/x/cus_9s6XKzkNRiz8i3", "/x/{id}"},
        RouteRow{"/getUserProfileV2", "/getUserProfileV2"}, RouteRow{"/user-settings_page", "/user-settings_page"},
        RouteRow{"/blog/error-404-handling-in-2024", "/blog/error-404-handling-in-2024"},
        RouteRow{"/mail/bob@example.com/send", "/mail/{id}/send"}, RouteRow{"/mail/bob@example.com", "/mail/{id}"},
        RouteRow{"/static/app.3f2a9c1d.js", "/static/app.3f2a9c1d.js"}, RouteRow{"/favicon.ico", "/favicon.ico"},
        RouteRow{"/users/17.json", "/users/{id}.json"}, RouteRow{"/v1.2/x", "/v1.2/x"},
        RouteRow{"/.well-known/x", "/.well-known/x"}, RouteRow{"/a;jsessionid=0A1B2C3D4E/b", "/a/b"},
        RouteRow{"/1/2/3/4/5/6/7/8", "/{id}/{id}/{id}/{id}/{id}/{id}/{id}/{id}"},
        RouteRow{"/a/b/c/d/e/f/g/h/i", "/a/b/c/d/e/f/g/h/..."}),
    [](const auto& row) { return "path_" + std::to_string(row.index); });

TEST(Route, is_never_longer_than_its_limit) {
  for (std::size_t size = 100; size < 140; ++size) {
    const std::string path = "/" + std::string(size, 'p');
    EXPECT_LE(collapsed(path).size(), kMaxRouteBytes);
    EXPECT_LE(collapsed("/short" + path + "/more").size(), kMaxRouteBytes);
  }
  EXPECT_EQ(collapsed("/" + std::string(119, 'p')).size(), 120u);
  EXPECT_EQ(collapsed("/" + std::string(120, 'p')), "/...");
}

TEST(Templates, come_first_and_in_their_order) {
  const std::vector<std::string> texts{"/users/me", "/users/{name}/orders", "/{shop}/cart", "/"};
  const auto templates = RouteTemplates::create(texts);
  ASSERT_TRUE(templates);
  const auto found = [&](std::string_view path) {
    std::string route;
    find_route(*templates, path, route);
    return route;
  };
  EXPECT_EQ(found("/users/me"), "/users/me");
  EXPECT_EQ(found("/users/bob/orders/"), "/users/{name}/orders");
  EXPECT_EQ(found("/users/cart"), "/{shop}/cart");
  EXPECT_EQ(found("/users/bob/orders/17"), "/users/bob/orders/{id}");
  EXPECT_EQ(found("/users/17"), "/users/{id}");
  EXPECT_EQ(found("/"), "/");
}

TEST(Templates, that_cannot_work_are_refused_by_name) {
  for (const std::string text : {"", "users/{id}", "/a?b", "/a#b", "/a{id}", "/{a}{b", "/{}"}) {
    const auto templates = RouteTemplates::create(std::vector<std::string>{text});
    ASSERT_FALSE(templates) << text;
    EXPECT_EQ(templates.error().code, Code::kBadInput);
    EXPECT_NE(templates.error().what.find("\"" + text + "\""), std::string::npos);
  }
}

}  // namespace
}  // namespace sonde::protocol
