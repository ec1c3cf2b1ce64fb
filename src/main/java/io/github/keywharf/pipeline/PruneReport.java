package io.github.keywharf.pipeline;

/**
 * What a pruning deleted.
 *
 * @param firstKept number of the oldest batch that is kept; 1 if nothing was ever pruned
 * @param batches number of batches that were deleted
 * @param files number of their files, in both zones
 */
public record PruneReport(long firstKept, long batches, long files) {

    @Override
    public String toString() {
        return "deleted " + batches + " batches with " + files + " files; the first batch is now " + firstKept;
    }
}
