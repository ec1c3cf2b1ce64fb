package io.github.keywharf.sharing.server;

import io.github.keywharf.format.delta.DeletionVector;
import io.github.keywharf.format.delta.DeltaChange;
import io.github.keywharf.format.delta.DeltaFile;
import io.github.keywharf.format.delta.DeltaSnapshot;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.store.SignedUrls;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file that a recipient may read. Answers, addresses and change feeds take nothing else, and the only ways to one are
 * {@link #of} and {@link #ofChanges}, which ask the recipient's scope about each file.
 */
final class TenantFile {

    /** The order of pages: whoever reads the log, from whichever checkpoint, gets the same. */
    static final Comparator<TenantFile> ORDER = Comparator.comparing(TenantFile::position);

    /** The most bytes of a deletion vector within an answer: it marks a million rows and more. */
    private static final int MAX_INLINE_VECTOR = 1024 * 1024;

    private static final int ID_BYTES = 16;

    private final DeltaSnapshot snapshot;
    private final DeltaFile file;
    private final TenantScope scope;
    private final @Nullable DeltaChange change;

    private TenantFile(DeltaSnapshot snapshot, DeltaFile file, TenantScope scope, @Nullable DeltaChange change) {
        this.snapshot = snapshot;
        this.file = file;
        this.scope = scope;
        this.change = change;
    }

    /** Those of the files that are within the scope. */
    static Stream<TenantFile> of(TenantScope scope, DeltaSnapshot snapshot, Stream<DeltaFile> files) {
        return files.filter(file -> scope.admits(snapshot, file))
                .map(file -> new TenantFile(snapshot, file, scope, null));
    }

    /** Those of the changes whose files are within the scope. */
    static Stream<TenantFile> ofChanges(TenantScope scope, DeltaSnapshot snapshot, Stream<DeltaChange> changes) {
        return changes.filter(change -> scope.admits(snapshot, change.file()))
                .map(change -> new TenantFile(snapshot, change.file(), scope, change));
    }

    DeltaFile file() {
        return file;
    }

    /** The change that it belongs to; null for a file of a version. */
    @Nullable
    DeltaChange change() {
        return change;
    }

    /** Where it stands among the files of its version. */
    String position() {
        return file.key()
                + file.deletionVector().map(vector -> "\n" + vector.uniqueId()).orElse("");
    }

    OptionalLong rows() {
        return file.rowCount();
    }

    boolean hasDeletedRows() {
        return file.deletionVector().isPresent();
    }

    /** The address of the file. */
    String url(SignedUrls.Signer signer) {
        return signer.url(file.key());
    }

    /** The same for the same content in every answer, and different for others, those of other tables too. */
    String id(MessageDigest digest) {
        byte[] hash = digest.digest((snapshot.metadata().id() + "/" + file.key()).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    }

    /**
     * Its deletion vector as the recipient may read it. The object that holds a vector often holds those of other tenants'
     * files too, so that only whoever may read the whole table gets its address; others get the vector itself.
     */
    Optional<DeletionVector> deletionVector(SignedUrls.Signer signer) {
        Optional<DeletionVector> vector = file.deletionVector();
        if (vector.isEmpty() || vector.get().storageType().equals("i")) {
            return vector;
        }
        if (!scope.isWhole()) {
            return snapshot.inlineDeletionVector(file, MAX_INLINE_VECTOR);
        }
        return snapshot.deletionVectorKey(file)
                .flatMap(key -> vector.map(stored -> new DeletionVector(
                        "p", signer.url(key), stored.offset(), stored.sizeInBytes(), stored.cardinality())));
    }

    /** Names the object that holds its deletion vector, where the recipient gets its address. */
    Optional<String> deletionVectorId(DeletionVector vector) {
        return vector.storageType().equals("p")
                ? snapshot.deletionVectorKey(file).map(key -> Sha256.hexOf(key).substring(0, 2 * ID_BYTES))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "TenantFile[" + file.key() + "]";
    }
}
