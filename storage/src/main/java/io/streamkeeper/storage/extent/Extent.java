package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.List;

/**
 * An extent file of the shard, with a count of the bytes that are still needed. Owned by the shard's loop; the file
 * itself may be read by any thread that holds it.
 */
public final class Extent extends Place {
    private final ExtentFile file;
    private final List<StreamState> referrers;
    private long firstGeneration;
    private long lastGeneration;
    private int descriptions;
    private int descriptionsWritten;
    private long descriptionBytesWritten;

    /** An extent that holds {@code file}; the catalog releases the file when the extent is removed. */
    public Extent(ExtentFile file) {
        this.file = file;
        this.referrers = new ArrayList<>((int) Math.min(Integer.MAX_VALUE - 8, file.entryCount()));
    }

    public ExtentFile file() {
        return file;
    }

    /** Notes the stream of the next entry of the file's index, which has this generation. */
    public void refer(long generation, StreamState stream) {
        lastGeneration = generation;
        if (referrers.isEmpty()) {
            firstGeneration = generation;
        }
        referrers.add(isForgettable(stream) ? StreamState.DROPPED : stream);
    }

    /** The stream of entry {@code index} of the file's index, or {@link StreamState#DROPPED}. */
    StreamState referrer(int index) {
        return referrers.get(index);
    }

    /** The number of entries whose streams are noted. */
    int referrerCount() {
        return referrers.size();
    }

    /**
     * Whether nothing about a stream is needed except its entries in files: it is dropped, and a file says so. Must not
     * be called while a checkpoint may still be abandoned that has captured the stream.
     */
    static boolean isForgettable(StreamState stream) {
        return stream.isDurablyDropped() && !stream.isDirty();
    }

    /** Forgets the streams of the entries from {@code from} to {@code to} that are dropped, so that they can be freed. */
    void forgetDropped(int from, int to) {
        for (int i = from; i < to; i++) {
            if (isForgettable(referrers.get(i))) {
                referrers.set(i, StreamState.DROPPED);
            }
        }
    }

    /** Whether the file may have an entry of a stream; false means that it has none. */
    boolean mayHold(long generation) {
        return !referrers.isEmpty() && firstGeneration <= generation && generation <= lastGeneration;
    }

    /** Notes that this file contains a needed description of a dropped stream. */
    void keepDescription() {
        descriptions++;
    }

    /** Notes that this file contains the newest description of a stream. */
    public void describe(StreamState stream) {
        forget(stream);
        stream.owner(this);
        descriptions++;
    }

    /** Notes that the description of a stream is not needed any more, in whichever file it is. */
    static void forget(StreamState stream) {
        if (stream.owner() instanceof Extent owner) {
            owner.descriptions--;
        }
        stream.owner(null);
    }

    /** Notes that the file contains {@code count} more descriptions, needed or not, which take {@code bytes}. */
    public void contains(int count, long bytes) {
        descriptionsWritten += count;
        descriptionBytesWritten += bytes;
    }

    /**
     * Bytes of the file that are still needed: about as many as the file has when it is written again. They include
     * those of each entry besides its description, and of header and footer, which remain as long as the entry has
     * bytes or a description. So all bytes of a file that was just written are needed, and to write it again gains
     * nothing. The parts of the index are estimated.
     */
    long neededBytes() {
        long live = liveBytes();
        long data = file.dataBytes();
        long rest = file.bytes() - data - file.lengthsBytes() - descriptionBytesWritten;
        return live
                + part(file.lengthsBytes(), live, data)
                + part(descriptionBytesWritten, descriptions, descriptionsWritten)
                + Math.max(part(rest, live, data), part(rest, descriptions, file.entryCount()));
    }

    private static long part(long bytes, long needed, long of) {
        return of == 0 ? 0 : bytes * needed / of;
    }
}
