package io.github.keywharf.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Step that makes the entries of a folder durable. */
@FunctionalInterface
public interface FolderSync {

    /** Forces a folder to disk where the system can; Windows cannot open a folder. */
    FolderSync TO_DISK = folder -> {
        // With the interrupted flag set, force would only close the channel, although the object is in place already.
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            return;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    };

    /** Forces the entries of a folder to disk. */
    void force(Path folder);
}
