package io.github.keywharf.format;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.jspecify.annotations.Nullable;

/** Encodes one leaf column, page by page, row group after row group. */
final class ColumnEncoder {

    /** Values that are handled at a time: the arrays they pass through stay in the processor's first cache. */
    static final int SLICE = 1024;

    /** The most rows of a page, so that readers that skip by page have something to skip. */
    static final int PAGE_ROWS = 20_000;

    private final ColumnDescriptor descriptor;
    private final Parquet.Version version;
    private final int pageBytes;
    private final ValueEncoder values;
    private final LevelEncoder repetition;
    private final LevelEncoder definition;
    private @Nullable PageWriter pages;
    private int pageRows;
    private int pageEntries;
    private int pageNulls;
    private long rawBytes;

    ColumnEncoder(ColumnDescriptor descriptor, ColumnType type, Parquet.Version version, int pageBytes) {
        this.descriptor = descriptor;
        this.version = version;
        this.pageBytes = pageBytes;
        values = ValueEncoder.of(descriptor.getPrimitiveType(), type, version);
        repetition = new LevelEncoder(descriptor.getMaxRepetitionLevel());
        definition = new LevelEncoder(descriptor.getMaxDefinitionLevel());
    }

    void startGroup(PageWriter writer) {
        pages = writer;
        rawBytes = 0;
        values.startGroup();
        startPage();
    }

    private void startPage() {
        values.startPage();
        repetition.startPage();
        definition.startPage();
        pageRows = 0;
        pageEntries = 0;
        pageNulls = 0;
    }

    /** How many bytes the row group's values take plain. */
    long rawBytes() {
        return rawBytes + values.rawBytes();
    }

    /** Adds rows of a column that is not a list, map or struct. */
    void add(ColumnVector vector, int from, int to) {
        try {
            for (int at = from; at < to; ) {
                int end = Math.min(to, at + Math.min(SLICE, PAGE_ROWS - pageRows));
                if (vector instanceof BytesVector bytes) {
                    end = withinPage(bytes, at, end);
                }
                addSlice(vector, at, end);
                at = end;
                endPageWhenFull();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int withinPage(BytesVector bytes, int from, int to) {
        int room = Math.max(0, pageBytes - values.rawBytes());
        int end = to;
        while (end > from + 1 && bytes.byteCount(from, end - 1) > room) {
            end = from + (end - from) / 2;
        }
        return end;
    }

    private void addSlice(ColumnVector vector, int from, int to) throws IOException {
        int present = values.add(vector, from, to);
        if (descriptor.getMaxDefinitionLevel() > 0) {
            if (present == to - from) {
                definition.add(1, present);
            } else {
                for (int i = from; i < to; i++) {
                    definition.add(vector.isNull(i) ? 0 : 1, 1);
                }
            }
        }
        pageRows += to - from;
        pageEntries += to - from;
        pageNulls += to - from - present;
    }

    /** Adds rows taken apart: a level for each entry, a value only for those at the greatest definition level. */
    void add(Levels levels, ColumnVector dense, int rows) {
        try {
            values.add(dense, 0, dense.size());
            for (int i = 0; i < levels.size(); i++) {
                if (descriptor.getMaxRepetitionLevel() > 0) {
                    repetition.add(levels.repetition(i), 1);
                }
                definition.add(levels.definition(i), 1);
            }
            pageRows += rows;
            pageEntries += levels.size();
            pageNulls += levels.size() - dense.size();
            endPageWhenFull();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void endPageWhenFull() throws IOException {
        if (pageRows >= PAGE_ROWS || values.rawBytes() >= pageBytes) {
            endPage();
        }
    }

    private void endPage() throws IOException {
        if (pageEntries == 0 || pages == null) {
            return;
        }
        rawBytes += values.rawBytes();
        values.statistics.incrementNumNulls(pageNulls);
        BytesInput content = values.page();
        if (version == Parquet.Version.V1) {
            pages.writePage(
                    BytesInput.concat(repetition.bytesWithLength(), definition.bytesWithLength(), content),
                    pageEntries,
                    pageRows,
                    values.statistics,
                    Encoding.RLE,
                    Encoding.RLE,
                    values.encoding());
        } else {
            pages.writePageV2(
                    pageRows,
                    pageNulls,
                    pageEntries,
                    repetition.bytes(),
                    definition.bytes(),
                    values.encoding(),
                    content,
                    values.statistics);
        }
        startPage();
    }

    void endGroup() {
        try {
            endPage();
            DictionaryPage dictionary = values.dictionaryPage();
            if (dictionary != null && pages != null) {
                pages.writeDictionaryPage(dictionary);
            }
            pages = null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
