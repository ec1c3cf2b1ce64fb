package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRouterTest {
    private static final HttpRouter ROUTER = HttpRouter.builder()
            .get("/", request -> HttpResponse.text(200, "root"))
            .get("/files/{name}", request -> HttpResponse.text(200, "file " + request.part("name")))
            .put("/files/{name}", request -> HttpResponse.text(201, "put " + request.part("name")))
            .get("/files/newest", request -> HttpResponse.text(200, "newest"))
            .get("/{a}/newest", request -> HttpResponse.text(200, "any " + request.part("a")))
            .delete(
                    "/shares/{share}/tables/{table}",
                    request -> HttpResponse.text(200, request.part("share") + "." + request.part("table")))
            .build();

    private static HttpResponse send(String method, String path) {
        return ROUTER.handle(HttpRequest.of(method, java.net.URI.create("http://h.example" + path)));
    }

    private static String text(String method, String path) {
        return send(method, path).body().text(1000);
    }

    @Test
    void a_path_finds_its_route_and_a_literal_wins_over_a_part() {
        assertThat(text("GET", "/")).isEqualTo("root");
        assertThat(text("GET", "")).isEqualTo("root");
        assertThat(text("GET", "/files/a.csv?x=/files/b")).isEqualTo("file a.csv");
        assertThat(text("PUT", "/files/a.csv")).isEqualTo("put a.csv");
        assertThat(text("GET", "/files/newest")).isEqualTo("newest");
        assertThat(text("GET", "/others/newest")).isEqualTo("any others");
        assertThat(text("PUT", "/files/newest")).isEqualTo("put newest");
        assertThat(text("DELETE", "/shares/s/tables/t")).isEqualTo("s.t");
    }

    @Test
    void a_part_is_decoded() {
        assertThat(text("GET", "/files/gr%C3%BCn%20+1%25.csv")).isEqualTo("file grün +1%.csv");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/files/..", "/files/%2e%2e", "/files/.%2E", "/files/%2E", "/files/..%2fsecret", "/files/a%2Fb",
                "/files/a%5Cb", "/files/a%00", "/files/a%0d%0aX:1", "/files/%C0%AE%C0%AE", "/files/%FF", "/../files/x"
            })
    void a_part_can_name_nothing_outside_of_its_place(String path) {
        assertThat(send("GET", path).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/files", "/files/", "//files/a", "/files/a/", "/files//a", "/files/a/b"})
    void what_no_route_has_is_not_found(String path) {
        assertThat(send("GET", path).status()).isEqualTo(404);
    }

    @Test
    void a_method_that_a_path_does_not_have_is_refused_with_those_it_has() {
        HttpResponse response = send("POST", "/files/a.csv");

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow")).hasValue("GET, HEAD, PUT");
    }

    @Test
    void head_is_answered_by_get_without_its_body() {
        HttpResponse response = send("HEAD", "/files/a.csv");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Length")).hasValue("10");
        assertThat(response.body().bytes(0)).isEmpty();
    }

    @Test
    void routes_that_match_the_same_paths_are_refused() {
        HttpHandler any = request -> HttpResponse.of(200);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpRouter.builder().get("/a/{b}", any).get("/a/{c}", any));
        for (String path : new String[] {"a", "/a//b", "/a/{b}/{b}", "/a/{}", "/a/x{b}", "/a/"}) {
            assertThatIllegalArgumentException()
                    .as(path)
                    .isThrownBy(() -> HttpRouter.builder().get(path, any));
        }
    }

    @Test
    void a_part_that_the_route_does_not_have_is_a_mistake() {
        HttpRouter router = HttpRouter.builder()
                .get("/{a}", request -> HttpResponse.text(200, request.part("b")))
                .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> router.handle(HttpRequest.get("http://h.example/x")))
                .withMessageContaining("{b}");
    }
}
