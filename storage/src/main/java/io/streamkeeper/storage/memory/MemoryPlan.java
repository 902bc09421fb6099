package io.streamkeeper.storage.memory;

/**
 * How the memory of the process is divided: a pure function of its limits, so that the sum of the parts fits.
 *
 * <pre>
 *   sixteenths of the direct memory          files          in memory
 *   journal: what no checkpoint has reached  7              the streams, 12 unless it is set
 *   bodies that come in                      2 ┐            ┐
 *   bodies: what lets one of them finish     1 │            │ the rest, as 2 : 1 : 0 : 1 : 2 : 1
 *   reads from files                         2 │ 9          │
 *   compression                              1 │            │
 *   received bytes that wait                 2 │            │
 *   everything else, not counted             1 ┘            ┘
 *
 *   of the heap
 *   splitting of JSON bodies                 1/4
 * </pre>
 *
 * @param directBytesMax all direct memory that the process may have
 * @param heapBytesMax its heap
 * @param journalBytes records that no checkpoint has reached, or the streams where they are in memory; of all shards
 * @param bodyBytes bodies that come in
 * @param completionBytes what one body has that finds no more room among the others, so that it can finish
 * @param readBytes what was read from files and is not sent yet
 * @param compressionBytes bodies that are compressed, and what comes of that
 * @param receivedBytes bytes that were received and wait until a request may begin
 * @param splittingBytes of the heap: where the messages lie in JSON bodies that are being appended
 */
public record MemoryPlan(
        long directBytesMax,
        long heapBytesMax,
        long journalBytes,
        long bodyBytes,
        long completionBytes,
        long readBytes,
        long compressionBytes,
        long receivedBytes,
        long splittingBytes) {
    private static final int PARTS = 16;
    private static final int JOURNAL_PARTS = 7;
    private static final int MEMORY_STREAM_PARTS = 12;
    private static final int MEMORY_REST_PARTS = 7;
    private static final int SPLITTING_PART_OF_HEAP = 4;

    /** What a body is allowed to have where nothing else is asked for. */
    private static final long BODY_BYTES_DEFAULT_MAX = 64L << 20;

    /** What a shard's journal has beside its largest record: the block that is open, and room to begin the next. */
    private static final long JOURNAL_EXTRA_BYTES = 2L << 20;

    /** Bytes of heap that each byte of a JSON body takes at the most: two ints for each {@code 1,}. */
    private static final int SPLITTING_BYTES_PER_BYTE = 4;

    /** The plan of a server that keeps streams in files, and at most {@code journalBytesMax} in its journals. */
    public static MemoryPlan ofFiles(long directBytesMax, long heapBytesMax, long journalBytesMax) {
        long journal = Math.min(directBytesMax / PARTS * JOURNAL_PARTS, journalBytesMax);
        long part = directBytesMax / PARTS;
        return new MemoryPlan(
                directBytesMax,
                heapBytesMax,
                journal,
                2 * part,
                part,
                2 * part,
                part,
                2 * part,
                heapBytesMax / SPLITTING_PART_OF_HEAP);
    }

    /**
     * The plan of a server that keeps streams in memory.
     *
     * @param streamBytes for the streams, or 0 for twelve parts
     * @throws IllegalArgumentException if they leave less than a sixteenth for everything else
     */
    public static MemoryPlan ofMemory(long directBytesMax, long heapBytesMax, long streamBytes) {
        long streams = streamBytes == 0 ? directBytesMax / PARTS * MEMORY_STREAM_PARTS : streamBytes;
        long rest = directBytesMax - streams;
        if (rest < directBytesMax / PARTS) {
            throw new IllegalArgumentException("max-memory is " + streams + ", but the JVM gives " + directBytesMax
                    + " bytes to buffers, of which a sixteenth is needed for requests; expected at most "
                    + directBytesMax / PARTS * (PARTS - 1) + ", or a larger -Xmx or -XX:MaxDirectMemorySize");
        }
        long part = rest / MEMORY_REST_PARTS;
        return new MemoryPlan(
                directBytesMax,
                heapBytesMax,
                streams,
                2 * part,
                part,
                0,
                part,
                2 * part,
                heapBytesMax / SPLITTING_PART_OF_HEAP);
    }

    /**
     * The largest body that can always be stored, whatever it is.
     *
     * @param shards that the journal's memory is divided among, or 0 for streams in memory, which share it
     */
    public long storableBodyBytesMax(int shards) {
        long journal = shards == 0 ? journalBytes : (journalBytes / shards - JOURNAL_EXTRA_BYTES) / 2;
        long split = splittingBytes / SPLITTING_BYTES_PER_BYTE;
        return Math.max(1, Math.min(Math.min(completionBytes, journal), split));
    }

    /** The largest body that is taken where nothing else is asked for; {@code shards} as above. */
    public long defaultBodyBytesMax(int shards) {
        return Math.min(BODY_BYTES_DEFAULT_MAX, storableBodyBytesMax(shards));
    }

    /** The same where bodies may have {@code bytes}: what lets one of them finish grows, at the cost of the others. */
    public MemoryPlan withBodyBytesMax(long bytes) {
        long grown = Math.min(Math.max(completionBytes, bytes), (bodyBytes + completionBytes) / 4 * 3);
        return new MemoryPlan(
                directBytesMax,
                heapBytesMax,
                journalBytes,
                bodyBytes + completionBytes - grown,
                grown,
                readBytes,
                compressionBytes,
                receivedBytes,
                Math.min(Math.max(splittingBytes, SPLITTING_BYTES_PER_BYTE * bytes), heapBytesMax / 2));
    }

    /** The plan in one line, in mebibytes. */
    public String text() {
        return mib(directBytesMax) + " MiB direct: journal " + mib(journalBytes) + ", bodies "
                + mib(bodyBytes + completionBytes) + ", reads " + mib(readBytes) + ", compression "
                + mib(compressionBytes) + ", received " + mib(receivedBytes) + "; " + mib(heapBytesMax)
                + " MiB heap: JSON " + mib(splittingBytes);
    }

    private static long mib(long bytes) {
        return bytes >> 20;
    }
}
