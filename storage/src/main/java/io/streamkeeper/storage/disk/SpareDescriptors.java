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
 * Descriptors that the store holds for when the process has no others: a file that cannot be opened is tried again with
 * one of these given up for it. Safe for use by any thread.
 *
 * <p>The system does not say in any way that a program can rely on why a file cannot be opened. So a spare is given up
 * whatever the reason, and taken back as soon as there is a descriptor again. Somebody else may be faster to take what
 * was given up: then the attempt fails as it would have without, and its caller tries again later.
 */
final class SpareDescriptors {
    /** As many as a few shards' checkpoint, segment and cold read open at a time. */
    private static final int SPARES = 8;

    private static final Path NOTHING = Path.of("/dev/null");

    private final Deque<Closeable> held = new ArrayDeque<>();

    /** Opens something. */
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

    /** Takes back as many as are available. */
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
