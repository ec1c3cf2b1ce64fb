package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.delta.DeltaChange;
import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.format.delta.DeltaProtocol;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Cut;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a server answers about a table, page by page: what the table is, and its files. Not thread-safe. */
final class ClientListing {

    /** The most files of a read; their list is in memory, about 1 KB for each. */
    static final int MAX_FILES = 2_000_000;

    /** What this client can read, in one header. */
    static final String CAPABILITIES = "responseformat=parquet,delta;readerfeatures="
            + String.join(",", DeltaProtocol.readableFeatures()).toLowerCase(Locale.ROOT)
            + ";includeendstreamaction=true";

    /** The most bytes of a line: those of a file with its statistics, or of a table with thousands of columns. */
    private static final int MAX_LINE = 8 * 1024 * 1024;

    private static final String HEADER = "delta-sharing-capabilities";
    private static final ObjectReader LINES = ClientCalls.JSON.readerFor(JsonNode.class);
    private static final int MAX_QUOTED = 300;

    private final String subject;
    private final boolean isChange;
    private final List<ClientFile> files = new ArrayList<>();
    private @Nullable DeltaProtocol protocol;
    private @Nullable DeltaMetadata metadata;
    private long version = -1;
    private Optional<String> refreshToken = Optional.empty();
    private Optional<String> nextPage = Optional.empty();

    /** @param isChange whether the answer is about changes */
    ClientListing(String subject, boolean isChange) {
        this.subject = subject;
        this.isChange = isChange;
    }

    /** The same pages, so that a page that breaks off leaves nothing behind. */
    ClientListing copy() {
        ClientListing copy = new ClientListing(subject, isChange);
        copy.files.addAll(files);
        copy.protocol = protocol;
        copy.metadata = metadata;
        copy.version = version;
        copy.refreshToken = refreshToken;
        return copy;
    }

    /**
     * Adds a page.
     *
     * @throws IOException when the connection breaks, after which the page is to be asked for again
     */
    void add(HttpResponse response) throws IOException {
        response.header("Delta-Table-Version").ifPresent(this::version);
        boolean isEndPromised = response.header(HEADER)
                .map(text -> text.toLowerCase(Locale.ROOT).replace(" ", ""))
                .filter(text -> text.contains("includeendstreamaction=true"))
                .isPresent();
        nextPage = Optional.empty();
        boolean ended = false;
        try (Lines in = new Lines(response.body().open());
                MappingIterator<JsonNode> lines = LINES.readValues(in)) {
            while (lines.hasNextValue()) {
                JsonNode line = lines.nextValue();
                in.left = MAX_LINE;
                if (ended) {
                    throw bad("The server's answer goes on after its end", null);
                }
                ended = line.path("endStreamAction").isObject();
                line(line);
            }
        } catch (JsonProcessingException e) {
            throw bad("The server's answer is not lines of JSON: " + e.getOriginalMessage(), e);
        }
        if (isEndPromised && !ended) {
            throw bad("The server's answer was cut: its end is missing", null);
        }
    }

    /** Lines that are read into memory one by one. */
    private final class Lines extends FilterInputStream {
        private long left = MAX_LINE;

        Lines(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            taken(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            taken(n);
            return n;
        }

        private void taken(int bytes) {
            left -= Math.max(bytes, 0);
            if (left < 0) {
                throw bad("The server's answer has a line of more than " + MAX_LINE + " bytes", null);
            }
        }
    }

    private void version(String text) {
        try {
            version = Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw bad("The version '" + Cut.printable(text, 40) + "' of the server's answer is not a number", e);
        }
    }

    private void line(JsonNode line) {
        for (Map.Entry<String, JsonNode> field : line.properties()) {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "protocol" -> protocol(value);
                case "metaData" -> metadata(value);
                case "file" -> file(value);
                case "add" -> add(ClientFile.ofParquet(DeltaChange.Kind.ADD, value, isChange));
                case "remove" -> add(ClientFile.ofParquet(DeltaChange.Kind.REMOVE, value, isChange));
                case "cdf" -> add(ClientFile.ofParquet(DeltaChange.Kind.CDC, value, isChange));
                case "endStreamAction" -> end(value);
                case "queryStatus" -> throw bad("The server answers later, which was not asked for", null);
                default -> {}
            }
        }
    }

    private void protocol(JsonNode value) {
        JsonNode delta = value.path("deltaProtocol");
        if (delta.isObject()) {
            protocol = new DeltaProtocol(
                    delta.path("minReaderVersion").asInt(),
                    delta.path("minWriterVersion").asInt(),
                    texts(delta.path("readerFeatures")),
                    texts(delta.path("writerFeatures")));
            return;
        }
        int needed = value.path("minReaderVersion").asInt(1);
        if (needed > 1) {
            throw new KeywharfException(
                    "delta.unsupported",
                    subject,
                    "The server needs version " + needed
                            + " of the sharing protocol, but this library knows 1; use a newer library");
        }
        protocol = new DeltaProtocol(1, 2, Set.of(), Set.of());
    }

    private static Set<String> texts(JsonNode values) {
        Set<String> texts = new LinkedHashSet<>();
        values.forEach(value -> texts.add(value.asText()));
        return texts;
    }

    private void metadata(JsonNode value) {
        JsonNode what = value.path("deltaMetadata").isObject() ? value.path("deltaMetadata") : value;
        String provider = what.path("format").path("provider").asText("parquet");
        if (!provider.equals("parquet")) {
            throw new KeywharfException(
                    "delta.unsupported",
                    subject,
                    "The table's files are of the format '" + Cut.printable(provider, 40)
                            + "', but only parquet is read");
        }
        Map<String, String> configuration = new LinkedHashMap<>();
        what.path("configuration")
                .properties()
                .forEach(property ->
                        configuration.put(property.getKey(), property.getValue().asText()));
        JsonNode created = what.path("createdTime");
        metadata = new DeltaMetadata(
                what.path("id").asText(),
                Optional.ofNullable(what.path("name").textValue()),
                Optional.ofNullable(what.path("description").textValue()),
                what.path("schemaString").asText(),
                List.copyOf(texts(what.path("partitionColumns"))),
                configuration,
                created.isIntegralNumber() ? Optional.of(Instant.ofEpochMilli(created.longValue())) : Optional.empty());
    }

    private void file(JsonNode value) {
        JsonNode action = value.path("deltaSingleAction");
        if (!action.isObject()) {
            add(ClientFile.ofParquet(DeltaChange.Kind.ADD, value, isChange));
            return;
        }
        for (Map.Entry<String, JsonNode> field : action.properties()) {
            switch (field.getKey()) {
                case "add" -> add(ClientFile.ofDelta(DeltaChange.Kind.ADD, value, field.getValue(), isChange));
                case "remove" -> add(ClientFile.ofDelta(DeltaChange.Kind.REMOVE, value, field.getValue(), isChange));
                case "cdc" -> add(ClientFile.ofDelta(DeltaChange.Kind.CDC, value, field.getValue(), isChange));
                default -> {}
            }
        }
    }

    private void add(ClientFile file) {
        file.fault().ifPresent(fault -> {
            throw bad("The server's answer cannot be used: " + fault, null);
        });
        if (files.size() == MAX_FILES) {
            throw bad("The server's answer has more than " + MAX_FILES + " files; ask for less by a condition", null);
        }
        files.add(file);
    }

    private void end(JsonNode value) {
        String failure = value.path("errorMessage").asText("");
        if (!failure.isEmpty()) {
            throw bad("The server failed after it had begun to answer: " + Cut.printable(failure, MAX_QUOTED), null);
        }
        text(value, "refreshToken").ifPresent(token -> refreshToken = Optional.of(token));
        nextPage = text(value, "nextPageToken");
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.ofNullable(node.path(field).textValue()).filter(text -> !text.isEmpty());
    }

    private KeywharfException bad(String problem, @Nullable Throwable cause) {
        return ClientCalls.badAnswer(subject, problem, cause);
    }

    DeltaProtocol protocol() {
        if (protocol == null) {
            throw bad("The server's answer has no protocol", null);
        }
        return protocol;
    }

    DeltaMetadata metadata() {
        if (metadata == null) {
            throw bad("The server's answer has no metadata", null);
        }
        return metadata;
    }

    /** The version of the table; 0 where the server does not say it. */
    long version() {
        return Math.max(version, 0);
    }

    List<ClientFile> files() {
        return files;
    }

    Optional<String> refreshToken() {
        return refreshToken;
    }

    /** The token of the page after the last one that was added. */
    Optional<String> nextPage() {
        return nextPage;
    }
}
