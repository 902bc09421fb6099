package io.streamkeeper.protocol;

import java.util.Arrays;

/**
 * Where the messages of one JSON body lie (section 9.1): each from {@link #start} to {@link #end}, in bytes from the
 * body's first byte, in order. A message is stored as the client's own bytes followed by one comma. They take {@value
 * #BYTES_PER_MESSAGE} bytes of memory for each message, and {@link #BYTES_PER_BODY_BYTE_MAX} for each byte of a body.
 */
public final class JsonMessages {
    /** What a body may take at the most for each of its bytes: the shortest message and its comma are two. */
    public static final int BYTES_PER_BODY_BYTE_MAX = 4;

    private static final int BYTES_PER_MESSAGE = 2 * Integer.BYTES;

    /** Messages of a page; the first page grows up to it, the others have it, so that nothing large is ever copied. */
    private static final int PAGE_MESSAGES = 1 << 12;

    private static final int PAGE_SHIFT = 12;
    private static final int MESSAGES_AT_FIRST = 4;

    /** A body of no messages: an empty array. */
    public static final JsonMessages NONE = new JsonMessages(new int[0][], 0, 0);

    /** Start and end of each message in turn. */
    private final int[][] pages;

    private final int count;
    private final int storedBytes;

    private JsonMessages(int[][] pages, int count, int storedBytes) {
        this.pages = pages;
        this.count = count;
        this.storedBytes = storedBytes;
    }

    /** Takes the messages of a body as they are found. */
    static final class Collector {
        private int[][] pages = {new int[2 * MESSAGES_AT_FIRST]};
        private int count;
        private int storedBytes;

        void add(int start, int end) {
            int page = count >> PAGE_SHIFT;
            int index = 2 * (count & PAGE_MESSAGES - 1);
            if (page == pages.length) {
                pages = Arrays.copyOf(pages, 2 * pages.length);
            }
            if (page > 0 && index == 0) {
                pages[page] = new int[2 * PAGE_MESSAGES];
            } else if (index == pages[page].length) {
                pages[page] = Arrays.copyOf(pages[page], 2 * index);
            }
            pages[page][index] = start;
            pages[page][index + 1] = end;
            storedBytes += end - start + 1;
            count++;
        }

        JsonMessages messages() {
            return new JsonMessages(pages, count, storedBytes);
        }
    }

    /** {@return how many there are} */
    public int count() {
        return count;
    }

    /** {@return the bytes of memory that this takes, about} */
    public long memoryBytes() {
        return (long) BYTES_PER_MESSAGE * count;
    }

    /** {@return the bytes that the messages take in a stream: their own and a comma each} */
    public int storedBytes() {
        return storedBytes;
    }

    /**
     * {@return the first byte of a message}
     *
     * @param index which of them, 0 … {@link #count} - 1; another one is not checked
     */
    public int start(int index) {
        return pages[index >> PAGE_SHIFT][2 * (index & PAGE_MESSAGES - 1)];
    }

    /**
     * {@return the byte after the last one of a message}
     *
     * @param index which of them, 0 … {@link #count} - 1; another one is not checked
     */
    public int end(int index) {
        return pages[index >> PAGE_SHIFT][2 * (index & PAGE_MESSAGES - 1) + 1];
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ", ").append(start(i)).append(", ").append(end(i));
        }
        return text.append(']').toString();
    }
}
