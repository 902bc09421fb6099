package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.directory.Manifest;
import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * A list in a file, which is replaced as a whole. If it is not known which list is on the disk, it does not change until a
 * restart (I9). Safe for use by any thread; changes block.
 *
 * @param <T> an immutable list
 */
final class StoredList<T> {
    /** Replaces the file, durably. */
    interface Writer<T> {
        void write(T list) throws IOException;
    }

    private final String content;
    private final Writer<T> writer;
    private volatile T list;
    private volatile boolean isUncertain;

    /** A list that the file has; {@code content} names what is in it, for messages. */
    StoredList(String content, T list, Writer<T> writer) {
        this.content = content;
        this.list = list;
        this.writer = writer;
    }

    T get() {
        return list;
    }

    /** Whether it is not known which list is on the disk. */
    boolean isUncertain() {
        return isUncertain;
    }

    /** Makes another list the current one, durably. */
    synchronized void change(UnaryOperator<T> change) throws IOException {
        if (isUncertain) {
            throw new IOException(
                    "which list of " + content + " is on the disk is not known until the server restarts");
        }
        T next = change.apply(list);
        if (next.equals(list)) {
            return;
        }
        isUncertain = true;
        try {
            writer.write(next);
            isUncertain = false;
        } catch (IOException e) {
            isUncertain = Manifest.isUncertain(e);
            throw e;
        }
        list = next;
    }
}
