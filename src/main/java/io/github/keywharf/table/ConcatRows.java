package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OnePass;
import java.util.Iterator;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows of several sources one after the other, of which one is open at a time. */
final class ConcatRows implements Rows {

    private final Schema schema;
    private final Iterator<? extends Supplier<Rows>> sources;
    private @Nullable Rows open;
    private OnePass state = OnePass.OPEN;
    private int number;
    private LeftOut leftOut = LeftOut.NONE;

    ConcatRows(Schema schema, Iterator<? extends Supplier<Rows>> sources) {
        this.schema = schema;
        this.sources = sources;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        state.requireOpen();
        while (true) {
            Rows current = open;
            if (current == null) {
                if (!sources.hasNext()) {
                    return null;
                }
                current = sources.next().get();
                open = current;
                number++;
                try {
                    requireColumns(current.schema());
                } catch (KeywharfException e) {
                    close();
                    throw e;
                }
            }
            ColumnBatch batch = current.next();
            if (batch != null) {
                return batch.schema().equals(schema) ? batch : fitted(batch);
            }
            close(current);
        }
    }

    private ColumnBatch fitted(ColumnBatch batch) {
        ColumnBatch chosen = batch.select(schema.names());
        return chosen.withColumns(
                schema,
                IntStream.range(0, schema.size()).mapToObj(chosen::column).toList());
    }

    private void requireColumns(Schema there) {
        for (Column column : schema) {
            boolean fits = there.contains(column.name())
                    && there.column(there.position(column.name())).type().equals(column.type())
                    && (column.nullable()
                            || !there.column(there.position(column.name())).nullable());
            if (!fits) {
                throw new KeywharfException(
                        "table.schema_mismatch",
                        "source " + number,
                        "Its columns are " + there + ", but '" + column
                                + "' is needed; rename or retype what it has, or declare the column nullable");
            }
        }
    }

    private void close(Rows current) {
        open = null;
        current.close();
        leftOut = leftOut.plus(current.leftOut());
    }

    @Override
    public LeftOut leftOut() {
        return open == null ? leftOut : leftOut.plus(open.leftOut());
    }

    @Override
    public void close() {
        state = OnePass.CLOSED;
        if (open != null) {
            close(open);
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema + "]";
    }
}
