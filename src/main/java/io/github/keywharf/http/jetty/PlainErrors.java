package io.github.keywharf.http.jetty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers requests that Jetty itself refuses with the status alone: no page, no stack trace, no part of the request. */
record PlainErrors(Responses responses) implements Request.Handler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = Math.max(400, Math.min(response.getStatus(), 599));
        byte[] text = (HttpStatus.getMessage(status) + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, text.length);
        responses.addDefaults(response.getHeaders());
        ByteBuffer body = ByteBuffer.wrap(HttpMethod.HEAD.is(request.getMethod()) ? new byte[0] : text);
        response.write(true, body, Callback.from(callback::succeeded, failure -> callback.failed(LastWrite.quiet())));
        return true;
    }
}
