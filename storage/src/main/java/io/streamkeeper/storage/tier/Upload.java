package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.extent.ExtentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Creates the object of one extent file, and checks it. Used by the thread of the tier.
 *
 * <p>The key of the object is unique, and an object is never replaced. So if an earlier attempt has failed and yet taken
 * effect, the object has the same bytes, which its length and checksum confirm.
 */
final class Upload implements ObjectStore.Source {
    private static final int BUFFER_BYTES = 256 << 10;

    private final ExtentFiles.Input file;
    private final long bytes;
    private final int checksum;
    private final Pace pace;
    private final BooleanSupplier ends;

    private Upload(ExtentFiles.Input file, long bytes, int checksum, Pace pace, BooleanSupplier ends) {
        this.file = file;
        this.bytes = bytes;
        this.checksum = checksum;
        this.pace = pace;
        this.ends = ends;
    }

    /**
     * The upload of a complete extent file, of which all bytes are read once for the checksum.
     *
     * @param ends whether the server stops, which ends an upload
     */
    static Upload of(ExtentFiles.Input file, Pace pace, BooleanSupplier ends) throws IOException {
        long bytes = file.size();
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, bytes));
        for (long position = 0; position < bytes; position += buffer.limit()) {
            if (ends.getAsBoolean()) {
                throw new IOException("the server stops");
            }
            buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - position));
            file.read(position, buffer);
            crc.update(buffer.flip());
        }
        return new Upload(file, bytes, (int) crc.getValue(), pace, ends);
    }

    /**
     * Creates the object.
     *
     * @return false if the key has an object that is another one, so that the key cannot be used
     * @throws IOException if the object does not exist, or it is not known whether it does: to be tried again
     */
    boolean run(ObjectStore store, String key) throws IOException {
        IOException failure = null;
        try {
            store.create(key, this);
        } catch (ObjectStore.ObjectExistsException e) {
            // Whether an earlier attempt has created it is decided by what it contains.
        } catch (IOException e) {
            // A service may close the connection of a request to create what exists, without an answer.
            failure = e;
        }
        ObjectStore.Stored stored = find(store, key, failure);
        if (stored == null) {
            throw failure == null ? new IOException("object " + key + " was created, but is not there") : failure;
        }
        return stored.bytes() == bytes && (stored.checksum() == null || stored.checksum() == checksum);
    }

    private static ObjectStore.@Nullable Stored find(ObjectStore store, String key, @Nullable IOException failure)
            throws IOException {
        try {
            return store.find(key);
        } catch (IOException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
            return null;
        }
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public int checksum() {
        return checksum;
    }

    @Override
    public void read(long position, ByteBuffer into) throws IOException {
        if (ends.getAsBoolean()) {
            throw new IOException("the server stops");
        }
        pace.await(into.remaining());
        file.read(position, into);
    }
}
