package io.github.keywharf.sharing.server;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.sharing.server.SignedTokens.Kind;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.SignedUrls;
import io.github.keywharf.store.StoredObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files that the server itself sends, to whoever has an address that it gave out: the address names the file, the recipient,
 * the part of the table that it was given and its end, under a seal. Thread-safe.
 */
record ServedFiles(SignedTokens tokens, Map<String, PublishedTable> tables, CallerGate gate, EventListener events) {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    /** What an ETag may not have. */
    private static final Pattern UNQUOTABLE = Pattern.compile("[^\\x21\\x23-\\x7e]");

    /**
     * Addresses of the files of a table for a recipient.
     *
     * @param base what the addresses begin with
     */
    SignedUrls urls(String base, Caller caller, String source, TenantScope scope) {
        String part = scope.id();
        return end -> {
            SignedTokens.Issuer issuer = tokens.issuer();
            return new SignedUrls.Signer() {
                @Override
                public String url(String key) {
                    return base + issuer.issue(Kind.FILE, end, caller.id(), source, part, key);
                }

                @Override
                public Instant expires() {
                    return end;
                }
            };
        };
    }

    /** Sends a file, or a range of it. */
    HttpResponse send(HttpRequest request) {
        List<String> parts = tokens.open(Kind.FILE, request.part("ticket")).orElse(List.of());
        if (parts.size() != 4) {
            throw SharingErrors.refused("file", "The address is not valid or has expired; ask for the files again");
        }
        String source = parts.get(1);
        Caller caller = gate.enterWithTicket(request, parts.get(0));
        PublishedTable table = tables.get(source);
        if (table == null || !caller.mayRead(source, parts.get(2))) {
            throw SharingErrors.refused("file", "The recipient may not read this table any more");
        }
        return sent(request, caller, source, table, parts.get(3));
    }

    private HttpResponse sent(HttpRequest request, Caller caller, String source, PublishedTable table, String key) {
        ObjectReader reader = table.folder().open(key);
        try {
            StoredObject object = reader.object();
            Optional<Path> file = table.folder().findFile(key);
            Optional<Range> range = request.header("Range").flatMap(text -> Range.of(text, object.size()));
            if (range.isPresent() && range.get().length() <= 0) {
                reader.close();
                return SharingErrors.json(416, "INVALID_PARAMETER_VALUE", "The file has no such range")
                        .withHeader("Content-Range", "bytes */" + object.size());
            }
            long from = range.map(Range::from).orElse(0L);
            long length = range.map(Range::length).orElse(object.size());
            HttpBody body;
            if (file.isPresent()) {
                reader.close();
                body = HttpBody.file(file.get(), from, length);
            } else {
                body = HttpBody.stream(new ReaderStream(reader, from, length), length);
            }
            events.debug(
                    "sharing.file.sent",
                    caller.work(),
                    source,
                    caller.name() + " is sent " + length + " bytes of a file",
                    Fact.bytes("bytes", length));
            HttpResponse response = HttpResponse.of(range.isPresent() ? 206 : 200)
                    .withHeader("Content-Type", "application/octet-stream")
                    .withHeader("Accept-Ranges", "bytes")
                    // A proxy's copy would outlive the address.
                    .withHeader("Cache-Control", "private, no-store")
                    .withHeader("ETag", "\"" + UNQUOTABLE.matcher(object.etag()).replaceAll("") + "\"")
                    .withBody(body);
            return range.isPresent()
                    ? response.withHeader(
                            "Content-Range", "bytes " + from + "-" + (from + length - 1) + "/" + object.size())
                    : response;
        } catch (RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    /**
     * A part of a file.
     *
     * @param length of which there is nothing when it is not positive
     */
    private record Range(long from, long length) {

        /** Empty for what is not one range of bytes, which is answered with the whole. */
        static Optional<Range> of(String header, long size) {
            Matcher matcher = RANGE.matcher(header.strip());
            if (!matcher.matches()
                    || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
                return Optional.empty();
            }
            if (matcher.group(1).isEmpty()) {
                long last = Math.min(Long.parseLong(matcher.group(2)), size);
                return Optional.of(new Range(size - last, last));
            }
            long from = Long.parseLong(matcher.group(1));
            long to = matcher.group(2).isEmpty() ? size - 1 : Math.min(Long.parseLong(matcher.group(2)), size - 1);
            if (!matcher.group(2).isEmpty() && Long.parseLong(matcher.group(2)) < from) {
                return Optional.empty();
            }
            return Optional.of(new Range(from, to - from + 1));
        }
    }
}
