package io.github.keywharf.sharing.server;

import io.github.keywharf.http.HttpRequest;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client says that it can read, by the header {@code delta-sharing-capabilities}.
 *
 * @param formats the response formats that it reads; parquet where it says nothing
 * @param readerFeatures the Delta features that it reads, in lower case
 * @param endStream whether it wants a last line that ends the answer
 * @param fileIdHash what it asks of files' ids, to be repeated to it
 */
record Capabilities(Set<String> formats, Set<String> readerFeatures, boolean endStream, Optional<String> fileIdHash) {
    static final String HEADER = "delta-sharing-capabilities";
    static final String FILE_ID_HASH = "fileidhash";
    static final String PARQUET = "parquet";
    static final String DELTA = "delta";

    static Capabilities of(HttpRequest request) {
        Map<String, Set<String>> said = new HashMap<>();
        for (String part :
                request.header(HEADER).orElse("").toLowerCase(Locale.ROOT).split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                Set<String> values =
                        said.computeIfAbsent(part.substring(0, equals).strip(), name -> new LinkedHashSet<>());
                for (String value : part.substring(equals + 1).split(",", -1)) {
                    if (!value.isBlank()) {
                        values.add(value.strip());
                    }
                }
            }
        }
        Set<String> formats = said.getOrDefault("responseformat", Set.of(PARQUET));
        if (!formats.contains(PARQUET) && !formats.contains(DELTA)) {
            throw SharingErrors.badRequest(HEADER, "It has no responseformat that is known; use parquet or delta");
        }
        Optional<String> hash =
                request.header(FILE_ID_HASH).map(text -> text.strip().toLowerCase(Locale.ROOT));
        if (hash.isPresent() && !hash.get().equals(PARQUET) && !hash.get().equals(DELTA)) {
            throw SharingErrors.badRequest(FILE_ID_HASH, "It is neither parquet nor delta");
        }
        return new Capabilities(
                formats,
                said.getOrDefault("readerfeatures", Set.of()),
                said.getOrDefault("includeendstreamaction", Set.of()).contains("true"),
                hash);
    }

    boolean readsVectors() {
        return readerFeatures.contains(ActionLines.DELETION_VECTORS.toLowerCase(Locale.ROOT));
    }
}
