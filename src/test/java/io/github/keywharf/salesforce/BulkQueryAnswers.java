package io.github.keywharf.salesforce;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.BlockInputStream;
import io.github.keywharf.testing.RecordedTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Answers for one query job, as odd as a test wants them. */
final class BulkQueryAnswers implements HttpHandler {
    static final String JOB = "750000000000001AAA";
    static final String PATH = "/services/data/v66.0/jobs/query/" + JOB;

    final List<String> states = new ArrayList<>(List.of("JobComplete"));
    final List<String> pages = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    final List<String> encodings = new ArrayList<>();
    final RecordedTime time = new RecordedTime();
    long processed;
    String error = "";
    String lastLocator = "null";
    boolean gzip = true;
    boolean hasLinks;
    String nextName = "nextRecordsUrl";
    String linkBegin = PATH;
    boolean isGone;
    int cutPage = -1;
    int cutAt;
    int cuts;

    SalesforceCalls calls() {
        return SalesforceCalls.of(
                this,
                new SalesforceTarget(URI.create("https://acme.my.salesforce.com"), "v66.0"),
                EventListener.NONE,
                time);
    }

    /** The options of tests: no waiting, pages of any size. */
    SalesforceBulkOptions options(int inFlight) {
        return SalesforceBulkOptions.defaults().withTime(time, time).withPages(inFlight, 1_000);
    }

    @Override
    public synchronized HttpResponse handle(HttpRequest request) {
        String path = request.path();
        calls.add(request.method() + " " + path.replace(PATH, "job")
                + (request.uri().getRawQuery() == null
                        ? ""
                        : "?" + request.uri().getRawQuery()));
        if (isGone) {
            return HttpResponse.json(404, "[{\"errorCode\":\"NOT_FOUND\",\"message\":\"gone\"}]");
        }
        if (request.method().equals("POST")) {
            return HttpResponse.json(200, job("UploadComplete"));
        }
        if (path.equals(PATH)) {
            String state = states.size() > 1 ? states.remove(0) : states.get(0);
            return HttpResponse.json(200, job(state));
        }
        if (path.equals(PATH + "/resultPages")) {
            return hasLinks ? links(request) : HttpResponse.json(404, "[{\"errorCode\":\"NOT_FOUND\"}]");
        }
        encodings.add(request.header("Accept-Encoding").orElse(""));
        int page = Integer.parseInt(request.query("locator").orElse("0"));
        String locator = page + 1 < pages.size() ? String.valueOf(page + 1) : lastLocator;
        return page(page).withHeader("Sforce-NumberOfRecords", "0").withHeader("Sforce-Locator", locator);
    }

    private String job(String state) {
        return "{\"id\":\"" + JOB + "\",\"operation\":\"query\",\"object\":\"Contact\",\"state\":\"" + state
                + "\",\"apiVersion\":66.0,\"numberRecordsProcessed\":" + processed + ",\"errorMessage\":\"" + error
                + "\"}";
    }

    private HttpResponse links(HttpRequest request) {
        int from = Integer.parseInt(request.query("from").orElse("0"));
        int to = Math.min(pages.size(), from + 5);
        StringBuilder json = new StringBuilder("{\"resultPages\":[");
        for (int i = from; i < to; i++) {
            json.append(i == from ? "" : ",")
                    .append("{\"resultUrl\":\"")
                    .append(linkBegin)
                    .append("/results?locator=")
                    .append(i)
                    .append("\"}");
        }
        json.append("],\"").append(nextName).append("\":");
        json.append(to == pages.size() ? "null" : "\"" + PATH + "/resultPages?from=" + to + "\"");
        return HttpResponse.json(
                200,
                json.append(",\"done\":").append(to == pages.size()).append("}").toString());
    }

    private HttpResponse page(int page) {
        byte[] content = pages.get(page).getBytes(StandardCharsets.UTF_8);
        HttpResponse response = HttpResponse.of(200);
        if (gzip) {
            content = compressed(content);
            response = response.withHeader("Content-Encoding", "gzip");
        }
        if (page == cutPage && cuts > 0) {
            cuts--;
            InputStream begin = new ByteArrayInputStream(content, 0, Math.min(cutAt, content.length));
            return response.withBody(HttpBody.stream(new SequenceInputStream(begin, new BlockInputStream() {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    throw new IOException("reset");
                }
            })));
        }
        return response.withBody(HttpBody.of(content));
    }

    private static byte[] compressed(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }
}
