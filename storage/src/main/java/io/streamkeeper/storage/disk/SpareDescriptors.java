package io.streamkeeper.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Descriptors that the store holds for the case that the process has no others: if a file cannot be opened, one of
 * these is closed and the attempt repeated. Safe for use by any thread.
 *
 * <p>The system does not report in a reliable form why a file cannot be opened. So a spare is closed whatever the
 * reason, and reopened as soon as a descriptor is available again. Another thread may take the freed descriptor first:
 * then the attempt fails as it would have without a spare, and its caller tries again later.
 */
final class SpareDescriptors {
    /** The number of files that the checkpoints, segments and cold reads of a few shards open at a time. */
    private static final int SPARES = 8;

    private static final Path NOTHING = Path.of("/dev/null");

    private final Deque<Closeable> held = new ArrayDeque<>();

    /** An operation that needs a descriptor. */
    interface Opening<T> {
        T open() throws IOException;
    }

    SpareDescriptors() {
        refill();
    }

    <T> T open(Opening<T> opening) throws IOException {
        try {
            return opening.open();
        } catch (NoSuchFileException | FileAlreadyExistsException | AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            if (!giveUpOne()) {
                throw e;
            }
        }
        try {
            return opening.open();
        } catch (IOException e) {
            refill();
            throw e;
        }
    }

    private synchronized boolean giveUpOne() throws IOException {
        Closeable spare = held.poll();
        if (spare == null) {
            return false;
        }
        spare.close();
        return true;
    }

    /** Reopens as many spares as descriptors are available for. */
    synchronized void refill() {
        while (held.size() < SPARES) {
            try {
                held.add(FileChannel.open(NOTHING, StandardOpenOption.READ));
            } catch (IOException e) {
                return;
            }
        }
    }
}
