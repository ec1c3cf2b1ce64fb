package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredJson;
import io.github.keywharf.store.StoredObject;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All records as of an entry, as JSON lines: {@code 00000000000000000512.jsonl}. The newest one counts, and entries up to its
 * number are not needed any more.
 */
final class LedgerSnapshots {

    private static final Pattern KEY = Pattern.compile("\\d{20}\\.jsonl");
    private static final int BLOCK = 1 << 16;

    /** More than a file with the longest texts takes. */
    private static final int MAX_LINE = 1 << 16;

    private static final StoredJson<Header> HEADER =
            LedgerEntry.format(Header.class).version("format", 1);
    private static final StoredJson<IngestedFile> FILE = LedgerEntry.format(IngestedFile.class);

    private final ObjectStore folder;

    /**
     * The first line.
     *
     * @param entry the number of the last entry in the snapshot
     * @param files how many lines follow
     */
    private record Header(long entry, long files) {}

    LedgerSnapshots(ObjectStore folder) {
        this.folder = folder;
    }

    private static String key(long number) {
        return String.format(Locale.ROOT, "%020d.jsonl", number);
    }

    /** The number of the newest one. */
    OptionalLong newest() {
        try (Stream<StoredObject> objects = folder.list("")) {
            return objects.map(StoredObject::key)
                    .filter(key -> KEY.matcher(key).matches())
                    .mapToLong(key -> Long.parseLong(key.substring(0, 20)))
                    .max();
        }
    }

    void write(long number, List<IngestedFile> files) {
        try (ObjectWriter object = folder.create(key(number))) {
            OutputStream out = new BufferedOutputStream(object, BLOCK);
            out.write(HEADER.write(new Header(number, files.size())));
            out.write('\n');
            for (IngestedFile file : files) {
                out.write(FILE.write(file));
                out.write('\n');
            }
            out.flush();
            object.commit();
        } catch (IOException e) {
            throw new KeywharfException(
                    "store.failed", folder.name() + "/" + key(number), "The snapshot could not be written", e);
        }
    }

    /** Deletes all snapshots but that of a number. */
    void deleteAllBut(long number) {
        List<String> others;
        try (Stream<StoredObject> objects = folder.list("")) {
            others = objects.map(StoredObject::key)
                    .filter(key -> KEY.matcher(key).matches() && key.compareTo(key(number)) < 0)
                    .toList();
        }
        others.forEach(folder::delete);
    }

    /** Hands over the records of the snapshot of a number. */
    void read(long number, Consumer<IngestedFile> records) {
        String subject = folder.name() + "/" + key(number);
        try (ObjectReader reader = folder.open(key(number));
                InputStream in = new BufferedInputStream(reader.stream(), BLOCK)) {
            Header header = HEADER.read(subject, line(in).orElseThrow(EOFException::new));
            if (header.entry() != number) {
                throw new IOException("It is the snapshot of entry " + header.entry());
            }
            for (long i = 0; i < header.files(); i++) {
                records.accept(FILE.read(subject, line(in).orElseThrow(EOFException::new)));
            }
            if (in.read() >= 0) {
                throw new IOException("There is more than the first line says");
            }
        } catch (IOException e) {
            throw FILE.unreadable(subject, "has a damaged snapshot: " + e.getMessage(), e);
        }
    }

    private static Optional<byte[]> line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return Optional.empty();
            }
            if (line.size() == MAX_LINE) {
                throw new IOException("A line has more than " + MAX_LINE + " bytes");
            }
            line.write(c);
        }
        return Optional.of(line.toByteArray());
    }
}
