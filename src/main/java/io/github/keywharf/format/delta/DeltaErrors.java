package io.github.keywharf.format.delta;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a table. */
final class DeltaErrors {

    private DeltaErrors() {}

    static KeywharfException corrupt(String subject, String problem) {
        return corrupt(subject, problem, null);
    }

    static KeywharfException corrupt(String subject, String problem, @Nullable Throwable cause) {
        return new KeywharfException("delta.corrupt", subject, problem + "; restore the table's files", cause);
    }

    static KeywharfException unsupported(String subject, String problem) {
        return new KeywharfException("delta.unsupported", subject, problem);
    }

    static KeywharfException noVersion(String subject, String problem) {
        return new KeywharfException("delta.no_version", subject, problem);
    }

    static KeywharfException conflict(String subject, String problem) {
        return new KeywharfException("delta.conflict", subject, problem);
    }

    static KeywharfException tooLarge(String subject, String problem) {
        return new KeywharfException("delta.too_large", subject, problem);
    }

    /** Whether a store says that there is no such object. */
    static boolean isNotFound(KeywharfException e) {
        return e.is(ObjectStore.NOT_FOUND);
    }
}
