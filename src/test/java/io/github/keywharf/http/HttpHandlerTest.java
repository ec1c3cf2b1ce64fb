package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.contract.HttpHandlerContract;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpHandlerTest extends HttpHandlerContract {
    @Override
    protected URI base() {
        return URI.create("http://service.example/");
    }

    @Override
    protected HttpHandler reach(HttpHandler service) {
        return service;
    }

    @Test
    void the_first_filter_sees_the_request_first_and_the_response_last() {
        List<String> order = new ArrayList<>();
        HttpHandler handler = request -> {
            order.add("handler");
            return HttpResponse.of(200);
        };

        handler.with(noted("outer", order), noted("inner", order))
                .handle(HttpRequest.get(base()))
                .close();

        assertThat(order).containsExactly("outer", "inner", "handler", "inner", "outer");
    }

    private static HttpFilter noted(String name, List<String> order) {
        return next -> request -> {
            order.add(name);
            HttpResponse response = next.handle(request);
            order.add(name);
            return response;
        };
    }
}
