package io.streamkeeper.storage.memory;

/**
 * How the memory of the process is divided: a pure function of its limits, so that the sum of the parts fits.
 *
 * <pre>
 *   sixteenths of the direct memory          files          in memory
 *   journal: records before a checkpoint     6              the streams, 12 unless it is set
 *   incoming bodies                          2 ┐            ┐
 *   bodies: what lets one of them finish     1 │            │ the rest, as 2 : 1 : 2 : 1 : 2 : 1 : 1
 *   reads                                    2 │            │
 *   compression                              1 │ 10         │
 *   waiting received bytes                   2 │            │
 *   unsent responses                         1 │            │
 *   everything else, not counted             1 ┘            ┘
 *
 *   of the heap
 *   connections                              1/8, at most 128 MiB
 *   heads of requests                        1/16, at most 64 MiB
 *     of which pages of listings               1/2
 *   room for the collector                   1/8
 *   the server itself                        16 MiB
 *   descriptions of streams                  the rest, at most 5/8: a start or a compaction of all of them needs up to
 *                                            a quarter as much again
 *     of which splitting of JSON bodies        1/4 of the heap
 *     of which webhooks                        1/32 of the heap
 * </pre>
 *
 * @param directBytesMax all direct memory that the process may have
 * @param heapBytesMax its heap
 * @param journalBytes of all shards: records that no checkpoint has written yet, or the streams if they are kept in
 *     memory
 * @param bodyBytes incoming bodies
 * @param completionBytes for one body that finds no more room among the others, so that it can finish
 * @param readBytes bytes that were read from files, or copied from memory, and are not sent yet
 * @param compressionBytes bodies that are being compressed, and the compressed bytes
 * @param receivedBytes bytes that were received and wait until a request may begin
 * @param unsentBytes responses that their clients have not received yet, except those counted as reads or compression
 * @param splittingBytes of {@code descriptionBytes}: the places of the messages in JSON bodies that are being appended
 * @param connectionBytes of the heap: connections, {@value #BYTES_PER_CONNECTION} bytes each
 * @param headBytes of the heap: heads of unanswered requests, beyond the memory of each connection
 * @param descriptionBytes of the heap: the descriptions of streams, the places of their bytes, and their producers
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
    /** The heap that a connection uses: its objects, and one request with a short head. */
    public static final int BYTES_PER_CONNECTION = 5 << 10;

    /**
     * The memory that the JVM uses beside heap and direct memory: code, classes, stacks, its collector's tables, the C
     * library.
     */
    public static final long JVM_BYTES = 128L << 20;

    private static final int PARTS = 16;
    private static final int JOURNAL_PARTS = 6;
    private static final int MEMORY_STREAM_PARTS = 12;
    private static final int MEMORY_REST_PARTS = 10;
    private static final int SPLITTING_PART_OF_HEAP = 4;
    private static final int WEBHOOKS_PART_OF_HEAP = 32;
    private static final int CONNECTIONS_PART_OF_HEAP = 8;
    private static final long CONNECTIONS_BYTES_MAX = 128L << 20;
    private static final int HEADS_PART_OF_HEAP = 16;
    private static final long HEADS_BYTES_MAX = 64L << 20;
    private static final int COLLECTOR_PART_OF_HEAP = 8;
    private static final long SERVER_HEAP_BYTES = 16L << 20;
    private static final int DESCRIPTION_EIGHTHS_MAX = 5;

    /** The largest body that is accepted by default. */
    private static final long BODY_BYTES_DEFAULT_MAX = 64L << 20;

    /** The memory of a shard's journal beside its largest record: the open block, and room to begin the next. */
    private static final long JOURNAL_EXTRA_BYTES = 2L << 20;

    /** The most bytes of heap that each byte of a JSON body needs: two ints for each {@code 1,}. */
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
     * @throws IllegalArgumentException if the streams leave less than a sixteenth for everything else
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

    /**
     * The part of the heap that the other parts leave, but not so much that a start finds no room (I11): beside the
     * streams it has lists of them, and what the files say of a few of them.
     */
    private static long descriptions(long heap, long splitting, long otherParts) {
        long left = heap - SERVER_HEAP_BYTES - heap / COLLECTOR_PART_OF_HEAP - otherParts;
        return Math.max(splitting + heap / PARTS, Math.min(left, heap / 8 * DESCRIPTION_EIGHTHS_MAX));
    }

    /** Of {@link #descriptionBytes}: webhooks that are under way, with their answers. */
    public long webhookBytes() {
        return heapBytesMax / WEBHOOKS_PART_OF_HEAP;
    }

    /** Of {@link #headBytes}: pages of listings, until they are sent. */
    public long listingBytes() {
        return headBytes / 2;
    }

    /** The number of connections that the heap has room for. */
    public int connectionsMax() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, connectionBytes / BYTES_PER_CONNECTION));
    }

    /**
     * The most memory that the process has resident: the heap, the budgets of direct memory with the part that is not
     * counted, and {@link #JVM_BYTES}.
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
     * The largest body that can always be stored, whatever its content.
     *
     * @param shards that the journal's memory is divided among, or 0 for streams in memory, which share it
     */
    public long storableBodyBytesMax(int shards) {
        long journal = shards == 0 ? journalBytes : (journalBytes / shards - JOURNAL_EXTRA_BYTES) / 2;
        long split = splittingBytes / SPLITTING_BYTES_PER_BYTE;
        return Math.max(1, Math.min(Math.min(completionBytes, journal), split));
    }

    /** The largest body that is accepted by default; {@code shards} as above. */
    public long defaultBodyBytesMax(int shards) {
        return Math.min(BODY_BYTES_DEFAULT_MAX, storableBodyBytesMax(shards));
    }

    /**
     * This plan for bodies of up to {@code bytes}: the part that lets one of them finish grows, at the cost of the
     * others.
     */
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
