package io.github.keywharf.sharing.server;

/** Lines of files, which are counted. */
abstract class CountingLines implements LineSource {
    private long files;
    private long bytes;
    private Runnable whenClosed = () -> {};

    final void count(TenantFile file) {
        files++;
        bytes += file.file().size();
    }

    final long files() {
        return files;
    }

    final long bytes() {
        return bytes;
    }

    final CountingLines whenClosed(Runnable work) {
        whenClosed = work;
        return this;
    }

    @Override
    public final void close() {
        whenClosed.run();
    }
}
