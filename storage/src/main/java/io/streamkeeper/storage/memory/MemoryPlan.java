package io.streamkeeper.storage.memory;

/**
 * How the memory of the process is divided: a pure function of its limits, so that the sum of the parts fits.
 *
 * <pre>
 *   sixteenths of the direct memory          files          in memory
 *   journal: what no checkpoint has reached  6              the streams, 12 unless it is set
 *   bodies that come in                      2 ┐            ┐
 *   bodies: what lets one of them finish     1 │            │ the rest, as 2 : 1 : 2 : 1 : 2 : 1 : 1
 *   reads                                    2 │            │
 *   compression                              1 │ 10         │
 *   received bytes that wait                 2 │            │
 *   answers that were not sent               1 │            │
 *   everything else, not counted             1 ┘            ┘
 *
 *   of the heap
 *   connections                              1/8, at most 128 MiB
 *   heads of requests                        1/16, at most 64 MiB
 *   room for the collector                   1/8
 *   the server itself                        16 MiB
 *   what streams are described by            the rest
 *     of which splitting of JSON bodies        1/4 of the heap
 * </pre>
 *
 * @param directBytesMax all direct memory that the process may have
 * @param heapBytesMax its heap
 * @param journalBytes records that no checkpoint has reached, or the streams where they are in memory; of all shards
 * @param bodyBytes bodies that come in
 * @param completionBytes what one body has that finds no more room among the others, so that it can finish
 * @param readBytes what was read from files, or copied from memory, and is not sent yet
 * @param compressionBytes bodies that are compressed, and what comes of that
 * @param receivedBytes bytes that were received and wait until a request may begin
 * @param unsentBytes answers that their clients have not taken, those apart that are counted as reads or compression
 * @param splittingBytes of {@code descriptionBytes}: where the messages lie in JSON bodies that are being appended
 * @param connectionBytes of the heap: connections, {@value #BYTES_PER_CONNECTION} bytes each
 * @param headBytes of the heap: heads of requests that are not answered, beside what each connection has
 * @param descriptionBytes of the heap: what streams are described by, where their bytes lie, and their producers
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
        long unsentBytes,
        long splittingBytes,
        long connectionBytes,
        long headBytes,
        long descriptionBytes) {
    /** The heap that a connection takes: its objects, and one request of which the head is not long. */
    public static final int BYTES_PER_CONNECTION = 5 << 10;

    /**
     * What the JVM takes beside heap and direct memory: code, classes, stacks, its collector's tables, the C library.
     */
    public static final long JVM_BYTES = 128L << 20;

    private static final int PARTS = 16;
    private static final int JOURNAL_PARTS = 6;
    private static final int MEMORY_STREAM_PARTS = 12;
    private static final int MEMORY_REST_PARTS = 10;
    private static final int SPLITTING_PART_OF_HEAP = 4;
    private static final int CONNECTIONS_PART_OF_HEAP = 8;
    private static final long CONNECTIONS_BYTES_MAX = 128L << 20;
    private static final int HEADS_PART_OF_HEAP = 16;
    private static final long HEADS_BYTES_MAX = 64L << 20;
    private static final int COLLECTOR_PART_OF_HEAP = 8;
    private static final long SERVER_HEAP_BYTES = 16L << 20;

    /** What a body is allowed to have where nothing else is asked for. */
    private static final long BODY_BYTES_DEFAULT_MAX = 64L << 20;

    /** What a shard's journal has beside its largest record: the block that is open, and room to begin the next. */
    private static final long JOURNAL_EXTRA_BYTES = 2L << 20;

    /** Bytes of heap that each byte of a JSON body takes at most: two ints for each {@code 1,}. */
    private static final int SPLITTING_BYTES_PER_BYTE = 4;

    /** The plan of a server that keeps streams in files, and at most {@code journalBytesMax} in its journals. */
    public static MemoryPlan ofFiles(long directBytesMax, long heapBytesMax, long journalBytesMax) {
        long part = directBytesMax / PARTS;
        long journal = Math.min(part * JOURNAL_PARTS, journalBytesMax);
        return of(directBytesMax, heapBytesMax, journal, part);
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
        return of(directBytesMax, heapBytesMax, streams, rest / MEMORY_REST_PARTS);
    }

    private static MemoryPlan of(long direct, long heap, long journal, long part) {
        long splitting = heap / SPLITTING_PART_OF_HEAP;
        long connections = Math.min(heap / CONNECTIONS_PART_OF_HEAP, CONNECTIONS_BYTES_MAX);
        long heads = Math.min(heap / HEADS_PART_OF_HEAP, HEADS_BYTES_MAX);
        return new MemoryPlan(
                direct,
                heap,
                journal,
                2 * part,
                part,
                2 * part,
                part,
                2 * part,
                part,
                splitting,
                connections,
                heads,
                descriptions(heap, splitting, connections + heads));
    }

    /** What other parts leave of the heap. */
    private static long descriptions(long heap, long splitting, long otherParts) {
        long left = heap - SERVER_HEAP_BYTES - heap / COLLECTOR_PART_OF_HEAP - otherParts;
        return Math.max(splitting + heap / PARTS, left);
    }

    /** The connections that there is heap for. */
    public int connectionsMax() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, connectionBytes / BYTES_PER_CONNECTION));
    }

    /**
     * What the process has in memory at most: the heap, the budgets of direct memory with the part that is not counted,
     * and {@link #JVM_BYTES}.
     */
    public long residentBytesMax() {
        return heapBytesMax + directBytes() + JVM_BYTES;
    }

    private long directBytes() {
        long counted =
                journalBytes + bodyBytes + completionBytes + readBytes + compressionBytes + receivedBytes + unsentBytes;
        return Math.min(directBytesMax, counted + directBytesMax / PARTS);
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
        long splitting = Math.min(Math.max(splittingBytes, SPLITTING_BYTES_PER_BYTE * bytes), heapBytesMax / 2);
        return new MemoryPlan(
                directBytesMax,
                heapBytesMax,
                journalBytes,
                bodyBytes + completionBytes - grown,
                grown,
                readBytes,
                compressionBytes,
                receivedBytes,
                unsentBytes,
                splitting,
                connectionBytes,
                headBytes,
                descriptions(heapBytesMax, splitting, connectionBytes + headBytes));
    }

    /** The plan in one line, in mebibytes. */
    public String text() {
        return mib(residentBytesMax()) + " MiB at most: heap " + mib(heapBytesMax) + ", direct " + mib(directBytes())
                + ", JVM " + mib(JVM_BYTES) + "; direct: journal " + mib(journalBytes) + ", bodies "
                + mib(bodyBytes + completionBytes) + ", reads " + mib(readBytes) + ", compression "
                + mib(compressionBytes) + ", received " + mib(receivedBytes) + ", unsent " + mib(unsentBytes)
                + "; heap: connections " + mib(connectionBytes) + ", heads " + mib(headBytes) + ", streams "
                + mib(descriptionBytes) + ", of which JSON " + mib(splittingBytes);
    }

    private static long mib(long bytes) {
        return bytes >> 20;
    }
}
