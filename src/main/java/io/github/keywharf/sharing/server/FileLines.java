package io.github.keywharf.sharing.server;

import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The answer to a query: protocol, metadata, files, and the last line. */
final class FileLines extends CountingLines {

    /**
     * What is asked for.
     *
     * @param hints which files are needed
     * @param dated whether each file has its version and time
     * @param page where to begin
     * @param maxFiles how many files; all when empty
     * @param limit how many rows
     * @param ends whether there is a last line, also where there is no need
     */
    record Request(
            Hints hints,
            boolean dated,
            Optional<PageToken> page,
            Optional<Integer> maxFiles,
            OptionalLong limit,
            boolean ends) {}

    /** Makes what lets a client come back. */
    interface Tokens {
        Optional<String> refresh();

        String next(PageToken at);
    }

    private final ActionLines lines;
    private final TenantSnapshot snapshot;
    private final Request request;
    private final Tokens tokens;
    private final Iterator<TenantFile> files;
    private final Optional<TenantSnapshot> dates;
    private OptionalLong rowsLeft;
    private boolean begun;

    FileLines(ActionLines lines, TenantSnapshot snapshot, Request request, Tokens tokens) {
        this.lines = lines;
        this.snapshot = snapshot;
        this.request = request;
        this.tokens = tokens;
        this.dates = request.dated() ? Optional.of(snapshot) : Optional.empty();
        this.rowsLeft = request.page().map(PageToken::rowsLeft).orElse(request.limit());
        Stream<TenantFile> wanted = snapshot.files(request.hints());
        if (request.maxFiles().isPresent()) {
            String after = request.page().map(PageToken::position).orElse("");
            wanted = wanted.filter(file -> file.position().compareTo(after) > 0).sorted(TenantFile.ORDER);
        }
        this.files = wanted.iterator();
    }

    @Override
    public boolean writeNext() {
        if (!begun) {
            begun = true;
            lines.protocol(snapshot.protocol(), snapshot.metadata(), OptionalLong.empty());
            lines.metadata(
                    snapshot.metadata(), request.dated() ? OptionalLong.of(snapshot.version()) : OptionalLong.empty());
            return true;
        }
        boolean enough = rowsLeft.isPresent() && rowsLeft.getAsLong() <= 0;
        if (enough || !files.hasNext()) {
            end(Optional.empty());
            return false;
        }
        TenantFile file = files.next();
        lines.file(file, dates);
        count(file);
        if (rowsLeft.isPresent()) {
            rowsLeft = OptionalLong.of(rowsLeft.getAsLong() - file.rows().orElse(0));
        }
        if (request.maxFiles().isPresent() && files() >= request.maxFiles().get()) {
            boolean more = files.hasNext() && (rowsLeft.isEmpty() || rowsLeft.getAsLong() > 0);
            end(
                    more
                            ? Optional.of(tokens.next(PageToken.ofFiles(snapshot.version(), file.position(), rowsLeft)))
                            : Optional.empty());
            return false;
        }
        return true;
    }

    private void end(Optional<String> next) {
        if (request.ends() || request.maxFiles().isPresent()) {
            lines.end(tokens.refresh(), next, files() > 0);
        }
    }
}
