package io.github.keywharf.sharing.server;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.format.delta.DeltaProtocol;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.sharing.server.SignedTokens.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Answers what is asked of one table. Of a table it gets a {@link TenantTable} only. Thread-safe. */
record TableAnswers(SignedTokens tokens, Duration urlLife, InstantSource clock, EventListener events) {
    /** The most files of a page, where pages are asked for. */
    private static final int MAX_PAGE = 10_000;

    /** The most versions whose changes one answer has. */
    private static final int MAX_VERSIONS = 10_000;

    /** How long a page or a version can be asked for again. */
    private static final Duration TOKEN_LIFE = Duration.ofDays(1);

    private static final String VERSION = "Delta-Table-Version";

    HttpResponse version(TenantTable table, HttpRequest request) {
        Optional<Instant> since = QueryRequest.time(request, "startingTimestamp");
        long version = since.map(time -> first(table, time))
                .orElseGet(() -> table.snapshot().version());
        return HttpResponse.of(200).withHeader(VERSION, Long.toString(version));
    }

    private static long first(TenantTable table, Instant since) {
        requireHistory(table);
        OptionalLong first = table.firstVersionSince(since);
        if (first.isEmpty()) {
            throw SharingErrors.badRequest("startingTimestamp", "It is after the newest version of the table");
        }
        return first.getAsLong();
    }

    private static void requireHistory(TenantTable table) {
        if (!table.hasHistory()) {
            throw SharingErrors.badRequest(
                    table.name(), "The table is shared without its history; ask for the newest version");
        }
    }

    HttpResponse metadata(TenantTable table, HttpRequest request) {
        Capabilities client = Capabilities.of(request);
        OptionalLong version = QueryRequest.number(request, "version");
        Optional<Instant> time = QueryRequest.time(request, "timestamp");
        if (version.isPresent() && time.isPresent()) {
            throw SharingErrors.badRequest("version", "Only one of version and timestamp can be given");
        }
        if (version.isPresent() || time.isPresent()) {
            requireHistory(table);
        }
        TenantSnapshot snapshot = snapshot(table, version, time);
        boolean delta = isDelta(client, snapshot.protocol(), snapshot.metadata());
        ActionLines lines = lines(table, client, delta);
        lines.protocol(snapshot.protocol(), snapshot.metadata(), OptionalLong.empty());
        lines.metadata(
                snapshot.metadata(),
                version.isPresent() || time.isPresent() ? OptionalLong.of(snapshot.version()) : OptionalLong.empty());
        if (client.endStream()) {
            lines.end(Optional.empty(), Optional.empty(), false);
        }
        HttpBody body = HttpBody.of(
                java.util.Arrays.copyOf(lines.json().bytes(), lines.json().length()));
        return headed(client, delta, snapshot.version()).withBody(body);
    }

    private static TenantSnapshot snapshot(TenantTable table, OptionalLong version, Optional<Instant> time) {
        if (version.isPresent()) {
            return table.snapshot(version.getAsLong());
        }
        return time.map(table::snapshotAt).orElseGet(table::snapshot);
    }

    private ActionLines lines(TenantTable table, Capabilities client, boolean delta) {
        return new ActionLines(
                new JsonBytes(),
                delta,
                client.readerFeatures(),
                table.signer(clock.instant().plus(urlLife)));
    }

    private static HttpResponse headed(Capabilities client, boolean delta, long version) {
        HttpResponse response = HttpResponse.of(200)
                .withHeader("Content-Type", "application/x-ndjson; charset=utf-8")
                .withHeader(VERSION, Long.toString(version))
                .withHeader(
                        Capabilities.HEADER,
                        "responseformat=" + (delta ? Capabilities.DELTA : Capabilities.PARQUET)
                                + (client.endStream() ? ";includeendstreamaction=true" : ""));
        return client.fileIdHash()
                .map(hash -> response.withHeader(Capabilities.FILE_ID_HASH, hash))
                .orElse(response);
    }

    /** The format of an answer: the one that is asked for, and of two the simpler one that can say all. */
    private static boolean isDelta(Capabilities client, DeltaProtocol protocol, DeltaMetadata metadata) {
        Set<String> needed = ActionLines.features(protocol, metadata);
        boolean parquet = client.formats().contains(Capabilities.PARQUET);
        if (parquet && (needed.isEmpty() || !client.formats().contains(Capabilities.DELTA))) {
            if (needed.contains(ActionLines.COLUMN_MAPPING)) {
                throw SharingErrors.badRequest(
                        Capabilities.HEADER,
                        "The table maps its columns, which the parquet format cannot say; ask for responseformat=delta");
            }
            return false;
        }
        Set<String> missing = new TreeSet<>();
        for (String feature : needed) {
            // A file that has no deletion vector can be read by who does not know them; each file is looked at.
            if (!feature.equals(ActionLines.DELETION_VECTORS)
                    && !client.readerFeatures().contains(feature.toLowerCase(Locale.ROOT))) {
                missing.add(feature);
            }
        }
        if (!missing.isEmpty()) {
            throw SharingErrors.badRequest(
                    Capabilities.HEADER,
                    "The table needs the readerfeatures " + missing + "; use a client that has them");
        }
        return true;
    }

    HttpResponse query(Caller caller, TenantTable table, HttpRequest request) {
        QueryRequest asked = QueryRequest.ofBody(request);
        Capabilities client = Capabilities.of(request);
        if (asked.needsHistory()) {
            requireHistory(table);
        }
        return asked.isOfChanges() ? changes(caller, table, client, asked, false) : files(caller, table, client, asked);
    }

    HttpResponse changes(Caller caller, TenantTable table, HttpRequest request) {
        QueryRequest asked = QueryRequest.ofChanges(request);
        Capabilities client = Capabilities.of(request);
        requireHistory(table);
        return changes(caller, table, client, asked, true);
    }

    private HttpResponse files(Caller caller, TenantTable table, Capabilities client, QueryRequest asked) {
        Optional<PageToken> page = asked.pageToken().map(token -> page(caller, table, asked, token));
        OptionalLong pinned = page.map(at -> OptionalLong.of(at.version()))
                .or(() -> asked.refreshToken().map(token -> OptionalLong.of(refreshed(caller, table, token))))
                .orElse(asked.version());
        TenantSnapshot snapshot = snapshot(table, pinned, asked.timestamp());
        boolean delta = isDelta(client, snapshot.protocol(), snapshot.metadata());
        Hints hints = Hints.of(
                asked.predicates(),
                asked.jsonPredicates(),
                new HintColumns(snapshot.schema()),
                Set.copyOf(snapshot.metadata().partitionColumns()));
        boolean readsVectors = delta && client.readsVectors();
        if (!readsVectors
                && snapshot.protocol().readerFeatures().contains(ActionLines.DELETION_VECTORS)
                && snapshot.files(hints).anyMatch(TenantFile::hasDeletedRows)) {
            throw SharingErrors.badRequest(
                    Capabilities.HEADER,
                    "The table has deletion vectors; ask for responseformat=delta;readerfeatures=deletionvectors");
        }
        ActionLines lines = lines(table, client, delta);
        FileLines.Request wanted = new FileLines.Request(
                hints,
                asked.version().isPresent() || asked.timestamp().isPresent(),
                page,
                pageFiles(asked, page),
                hints.exact() ? asked.limit() : OptionalLong.empty(),
                client.endStream() || asked.includeRefreshToken());
        FileLines source = new FileLines(lines, snapshot, wanted, new FileLines.Tokens() {
            @Override
            public Optional<String> refresh() {
                return asked.includeRefreshToken()
                        ? Optional.of(token(Kind.REFRESH, caller, table, Long.toString(snapshot.version())))
                        : Optional.empty();
            }

            @Override
            public String next(PageToken at) {
                return token(Kind.PAGE, caller, table, asked.fingerprint(), at);
            }
        });
        return streamed(caller, table, client, delta, "query", snapshot.version(), lines, source);
    }

    /** How many files a page may have; empty where no pages are asked for. */
    private static Optional<Integer> pageFiles(QueryRequest asked, Optional<PageToken> page) {
        return asked.maxFiles().isPresent() || page.isPresent()
                ? Optional.of(Math.min(asked.maxFiles().orElse(MAX_PAGE), MAX_PAGE))
                : Optional.empty();
    }

    private HttpResponse streamed(
            Caller caller,
            TenantTable table,
            Capabilities client,
            boolean delta,
            String action,
            long version,
            ActionLines lines,
            CountingLines source) {
        Instant begun = clock.instant();
        ActionStream stream = new ActionStream(
                lines,
                source.whenClosed(() -> events.info(
                        "sharing.table.read",
                        caller.work(),
                        table.name(),
                        caller.name() + " was given " + source.files() + (source.files() == 1 ? " file (" : " files (")
                                + action + ", version " + version + ")",
                        Fact.count("files", source.files()),
                        Fact.bytes("bytes", source.bytes()),
                        Fact.time("time", Duration.between(begun, clock.instant())))),
                client.endStream(),
                table.name(),
                events);
        return headed(client, delta, version).withBody(HttpBody.stream(stream));
    }

    private HttpResponse changes(
            Caller caller, TenantTable table, Capabilities client, QueryRequest asked, boolean byRows) {
        Optional<PageToken> page = asked.pageToken().map(token -> page(caller, table, asked, token));
        long newest = table.snapshot().version();
        long start = asked.startingTimestamp()
                .map(time -> first(table, time))
                .orElseGet(() -> asked.startingVersion().orElse(0));
        long end = page.map(PageToken::end).orElseGet(() -> end(table, asked, newest));
        if (start > newest || end < start) {
            throw SharingErrors.badRequest(
                    "startingVersion",
                    "The versions " + start + " to " + end + " are not there; the newest is " + newest);
        }
        long from = page.map(PageToken::version).orElse(start);
        if (end - from >= MAX_VERSIONS) {
            throw SharingErrors.badRequest(
                    "endingVersion", "At most " + MAX_VERSIONS + " versions are read together; ask for fewer");
        }
        TenantSnapshot head = byRows && !asked.historicalMetadata() ? table.snapshot() : table.snapshot(start);
        boolean delta = isDelta(client, head.protocol(), head.metadata());
        ActionLines lines = lines(table, client, delta);
        boolean readsVectors = delta && client.readsVectors();
        ChangeLines source = new ChangeLines(
                lines,
                head,
                table.versions(from, end, byRows).iterator(),
                new ChangeLines.Request(
                        start,
                        end,
                        page.map(PageToken::index).orElse(0),
                        asked.historicalMetadata(),
                        asked.historicalProtocol() && delta,
                        pageFiles(asked, page),
                        client.endStream(),
                        readsVectors,
                        byRows && !hasChangeFeed(table.snapshot().metadata())),
                at -> token(Kind.PAGE, caller, table, asked.fingerprint(), at));
        return streamed(caller, table, client, delta, byRows ? "changes" : "query", start, lines, source);
    }

    private static boolean hasChangeFeed(DeltaMetadata metadata) {
        return Boolean.parseBoolean(metadata.configuration().get("delta.enableChangeDataFeed"));
    }

    private static long end(TenantTable table, QueryRequest asked, long newest) {
        if (asked.endingTimestamp().isPresent()) {
            return table.snapshotAt(asked.endingTimestamp().get()).version();
        }
        return Math.min(asked.endingVersion().orElse(newest), newest);
    }

    private String token(Kind kind, Caller caller, TenantTable table, String... parts) {
        Stream<String> all = Stream.concat(Stream.of(caller.id(), table.name()), Stream.of(parts));
        return tokens.issuer().issue(kind, clock.instant().plus(TOKEN_LIFE), all.toArray(String[]::new));
    }

    private String token(Kind kind, Caller caller, TenantTable table, String fingerprint, PageToken at) {
        Stream<String> parts = Stream.concat(Stream.of(fingerprint), Stream.of(at.parts()));
        return token(kind, caller, table, parts.toArray(String[]::new));
    }

    private PageToken page(Caller caller, TenantTable table, QueryRequest asked, String token) {
        List<String> parts = opened(Kind.PAGE, "pageToken", caller, table, token);
        if (!parts.get(0).equals(asked.fingerprint())) {
            throw SharingErrors.badRequest("pageToken", "It belongs to another request; repeat all of its parameters");
        }
        return PageToken.of(parts.subList(1, parts.size()));
    }

    private long refreshed(Caller caller, TenantTable table, String token) {
        return Long.parseLong(
                opened(Kind.REFRESH, "refreshToken", caller, table, token).get(0));
    }

    /** What a token says that was given to this recipient for this table. */
    private List<String> opened(Kind kind, String what, Caller caller, TenantTable table, String token) {
        List<String> parts = tokens.open(kind, token).orElse(List.of());
        if (parts.size() < 3
                || !parts.get(0).equals(caller.id())
                || !parts.get(1).equals(table.name())) {
            throw SharingErrors.badRequest(
                    what, "It is not a token of this table, or has expired; begin again without it");
        }
        return parts.subList(2, parts.size());
    }
}
