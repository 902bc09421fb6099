package io.streamkeeper.storage.extent;

/**
 * What the extent files of a shard take on the disk.
 *
 * @param files how many there are
 * @param bytes their lengths
 * @param neededBytes about how many bytes they would have if all were written again; the rest is what compaction has not
 *     removed yet
 */
public record ExtentUsage(int files, long bytes, long neededBytes) {
    /** No files. */
    public static final ExtentUsage NONE = new ExtentUsage(0, 0, 0);

    /** {@return the sum} */
    public ExtentUsage plus(ExtentUsage other) {
        return new ExtentUsage(files + other.files, bytes + other.bytes, neededBytes + other.neededBytes);
    }
}
