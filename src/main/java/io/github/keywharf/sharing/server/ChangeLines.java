package io.github.keywharf.sharing.server;

import io.github.keywharf.format.delta.DeltaChange;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The answer to a request for changes: protocol and metadata, then those of each version with its files, and the last line. */
final class ChangeLines extends CountingLines {

    /**
     * What is asked for.
     *
     * @param start the first version of the request, which need not be this page's
     * @param end the last version
     * @param skipped how many changes of the first version were on pages before
     * @param metadata whether each change of the columns is said
     * @param protocol whether each change of the protocol is said
     * @param maxFiles how many files; all when empty
     * @param ends whether there is a last line, also where there is no need
     * @param vectors whether the client reads deletion vectors
     * @param wholeFiles whether the table keeps no changed rows, so that files that were rewritten say too much
     */
    record Request(
            long start,
            long end,
            int skipped,
            boolean metadata,
            boolean protocol,
            Optional<Integer> maxFiles,
            boolean ends,
            boolean vectors,
            boolean wholeFiles) {}

    private final ActionLines lines;
    private final TenantSnapshot head;
    private final Iterator<TenantVersion> versions;
    private final Request request;
    private final Function<PageToken, String> tokens;
    private List<TenantFile> files = List.of();
    private long version;
    private int at;
    private int skipped;
    private boolean begun;

    ChangeLines(
            ActionLines lines,
            TenantSnapshot head,
            Iterator<TenantVersion> versions,
            Request request,
            Function<PageToken, String> tokens) {
        this.lines = lines;
        this.head = head;
        this.versions = versions;
        this.request = request;
        this.tokens = tokens;
        this.skipped = request.skipped();
    }

    @Override
    public boolean writeNext() {
        if (!begun) {
            begun = true;
            lines.protocol(
                    head.protocol(),
                    head.metadata(),
                    request.protocol() ? OptionalLong.of(head.version()) : OptionalLong.empty());
            lines.metadata(
                    head.metadata(), request.metadata() ? OptionalLong.of(head.version()) : OptionalLong.empty());
            return true;
        }
        if (at == files.size()) {
            if (!versions.hasNext()) {
                end(Optional.empty());
                return false;
            }
            begin(versions.next());
            return true;
        }
        if (request.maxFiles().isPresent() && files() == request.maxFiles().get()) {
            end(Optional.of(tokens.apply(PageToken.ofChanges(version, request.end(), at))));
            return false;
        }
        TenantFile file = files.get(at++);
        DeltaChange change = Objects.requireNonNull(file.change(), "change");
        if (!request.vectors() && file.hasDeletedRows()) {
            throw SharingErrors.badRequest(
                    Capabilities.HEADER,
                    "Version " + version + " has deletion vectors; ask for"
                            + " responseformat=delta;readerfeatures=deletionvectors");
        }
        lines.change(file, change);
        count(file);
        return true;
    }

    private void begin(TenantVersion next) {
        version = next.version();
        // What a page before has said of this version is not said again.
        boolean continued = skipped > 0;
        if (version > request.start() && !continued) {
            if (request.protocol() && next.protocol().isPresent()) {
                lines.protocol(
                        next.protocol().get(), next.metadata().orElse(head.metadata()), OptionalLong.of(version));
            }
            if (request.metadata()) {
                next.metadata().ifPresent(metadata -> lines.metadata(metadata, OptionalLong.of(version)));
            }
        }
        files = next.files();
        if (request.wholeFiles() && has(DeltaChange.Kind.REMOVE) && has(DeltaChange.Kind.ADD)) {
            throw SharingErrors.badRequest(
                    "startingVersion",
                    "Version " + version + " changed rows, and the table does not record which; its provider can set"
                            + " delta.enableChangeDataFeed");
        }
        at = Math.min(skipped, files.size());
        skipped = 0;
    }

    private boolean has(DeltaChange.Kind kind) {
        return files.stream().map(TenantFile::change).anyMatch(change -> change != null && change.kind() == kind);
    }

    private void end(Optional<String> next) {
        if (request.ends() || request.maxFiles().isPresent()) {
            lines.end(Optional.empty(), next, files() > 0);
        }
    }
}
