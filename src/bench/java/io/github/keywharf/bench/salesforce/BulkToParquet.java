package io.github.keywharf.bench.salesforce;

import io.github.keywharf.bench.measure.ProcessRun;
import io.github.keywharf.bench.measure.Trees;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.salesforce.SalesforceAuth;
import io.github.keywharf.salesforce.SalesforceManager;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A bulk query of many rows into a Parquet file, by a process with a small heap; the results are made while they are served. */
public final class BulkToParquet {
    static final int ROWS = 1_000_000;

    static final int HEAP_MB = 256;
    private static final String JOB = "750R00000000001AAA";
    private static final int CHUNK = 500;

    private BulkToParquet() {}

    /** Runs the process, and counts the rows of its file. */
    static Map<String, Object> run(
            int rows, String soql, String header, HttpResponse describe, IntFunction<String> line) throws Exception {
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "bench")).toAbsolutePath(), "bulk-");
        Path file = directory.resolve("contact.parquet");
        try (JettyServer server = JettyServer.serve(request -> answer(request, rows, header, describe, line))
                .start()) {
            ProcessRun run = ProcessRun.of(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx" + HEAP_MB + "m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BulkToParquet.class.getName(),
                            server.uri().toString(),
                            soql,
                            file.toString()),
                    Map.of(),
                    directory.resolve("process.log"));
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("rows", count(file, rows));
            result.put("heap_mb", HEAP_MB);
            result.put("physical_mb", run.memoryMb());
            result.put("seconds with the start of the JVM", run.seconds());
            result.put("file_mb", Files.size(file) / 1e6);
            return result;
        } finally {
            Trees.delete(directory);
        }
    }

    private static long count(Path file, int wanted) {
        long count = 0;
        try (Rows rows = Parquet.reader(file).rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                count += batch.size();
            }
        }
        if (count != wanted) {
            throw new IllegalStateException(count + " rows are in the file, not " + wanted);
        }
        return count;
    }

    private static HttpResponse answer(
            HttpRequest request, int rows, String header, HttpResponse describe, IntFunction<String> line) {
        String path = request.path();
        if (path.endsWith("/describe")) {
            return describe;
        }
        if (path.endsWith("/results")) {
            int from = Integer.parseInt(request.query("locator").orElse("0"));
            int to = Math.min(
                    rows, from + Integer.parseInt(request.query("maxRecords").orElseThrow()));
            Iterator<byte[]> pieces = IntStream.iterate(from, first -> first < to, first -> first + CHUNK)
                    .mapToObj(first -> piece(first == from ? header : "", first, Math.min(to, first + CHUNK), line))
                    .iterator();
            return HttpResponse.of(200)
                    .withHeader("Content-Type", "text/csv")
                    .withHeader("Sforce-NumberOfRecords", Integer.toString(to - from))
                    .withHeader("Sforce-Locator", to == rows ? "null" : Integer.toString(to))
                    .withBody(HttpBody.pieces(pieces));
        }
        if (path.endsWith("/resultPages")) {
            return HttpResponse.json(404, "[{\"errorCode\":\"NOT_FOUND\",\"message\":\"By locators only\"}]");
        }
        return request.method().equals("DELETE")
                ? HttpResponse.of(204)
                : HttpResponse.json(
                        200,
                        "{\"id\":\"" + JOB + "\",\"state\":\"JobComplete\",\"apiVersion\":66.0,"
                                + "\"numberRecordsProcessed\":" + rows + "}");
    }

    private static byte[] piece(String header, int first, int end, IntFunction<String> line) {
        StringBuilder text = new StringBuilder(header);
        for (int row = first; row < end; row++) {
            text.append(line.apply(row));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The process. */
    public static void main(String[] arguments) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        try (SalesforceManager salesforce = SalesforceManager.builder()
                .instance(arguments[0])
                .credentials(SalesforceAuth.accessToken(arguments[0], () -> Secret.of("token")))
                .connect()) {
            System.out.println(Parquet.writer(Path.of(arguments[2]))
                    .sink()
                    .write(salesforce.query(arguments[1]).bulk().rows()));
        }
    }
}
