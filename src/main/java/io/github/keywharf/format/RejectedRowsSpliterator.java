package io.github.keywharf.format;

import io.github.keywharf.table.RejectedRow;
import java.io.IOException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;

/** Reads rejected rows line by line. */
final class RejectedRowsSpliterator extends Spliterators.AbstractSpliterator<RejectedRow> {

    private final TextSource source;
    private final LineReader lines;

    RejectedRowsSpliterator(TextSource source, LineReader lines) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.source = source;
        this.lines = lines;
    }

    @Override
    public boolean tryAdvance(Consumer<? super RejectedRow> action) {
        try {
            while (lines.next()) {
                if (!lines.isBlank()) {
                    action.accept(RejectedRows.parse(source.name() + ":" + lines.number(), JsonTree.object(lines)));
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw source.failed(e);
        }
    }
}
