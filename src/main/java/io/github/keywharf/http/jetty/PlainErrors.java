package io.github.keywharf.http.jetty;

import io.github.keywharf.http.HttpResponse;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers what Jetty itself refuses with the status alone: no page, no stack, nothing of the request. */
record PlainErrors(Responses responses) implements Request.Handler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = Math.max(400, Math.min(response.getStatus(), 599));
        HttpResponse answer = HttpResponse.text(status, HttpStatus.getMessage(status) + "\n");
        responses.send(answer, request, response, null, Responses.Next.REQUEST, callback);
        return true;
    }
}
