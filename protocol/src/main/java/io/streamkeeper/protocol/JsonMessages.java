package io.streamkeeper.protocol;

import java.util.Arrays;

/**
 * The index of the messages of one split JSON body (section 9.1). Each message is the bytes from {@link #start} to
 * {@link #end}, counted from the first byte of the body; messages are in order, with one comma between two. A message
 * is stored as the client sent it, followed by one comma. The index takes {@value #BYTES_PER_MESSAGE} bytes of memory
 * for each message, and at most {@link #BYTES_PER_BODY_BYTE_MAX} for each byte of the body.
 */
public final class JsonMessages {
    /** The largest index in bytes for each byte of a body: the shortest message and its comma are two bytes. */
    public static final int BYTES_PER_BODY_BYTE_MAX = 2;

    private static final int BYTES_PER_MESSAGE = Integer.BYTES;

    /** Messages in a page. Only the first page grows, so that no large array is copied. */
    private static final int PAGE_MESSAGES = 1 << 13;

    private static final int PAGE_SHIFT = 13;
    private static final int MESSAGES_AT_FIRST = 4;

    /** The index of an empty array. */
    public static final JsonMessages NONE = new JsonMessages(0, new int[0][], 0);

    private final int first;

    /** The end of each message. */
    private final int[][] pages;

    private final int count;

    private JsonMessages(int first, int[][] pages, int count) {
        this.first = first;
        this.pages = pages;
        this.count = count;
    }

    /** Builds an index while the messages are found. */
    static final class Collector {
        private int[][] pages = {};
        private int first;
        private int count;

        /** The first message begins at {@code index}. */
        void beginAt(int index) {
            first = index;
            pages = new int[][] {new int[MESSAGES_AT_FIRST]};
        }

        /** The next message ends before {@code end}. */
        void add(int end) {
            int page = count >> PAGE_SHIFT;
            int index = count & (PAGE_MESSAGES - 1);
            if (page == pages.length) {
                pages = Arrays.copyOf(pages, 2 * pages.length);
            }
            if (page > 0 && index == 0) {
                pages[page] = new int[PAGE_MESSAGES];
            } else if (index == pages[page].length) {
                pages[page] = Arrays.copyOf(pages[page], 2 * index);
            }
            pages[page][index] = end;
            count++;
        }

        JsonMessages messages() {
            return count == 0 ? NONE : new JsonMessages(first, pages, count);
        }
    }

    /** {@return the number of messages} */
    public int count() {
        return count;
    }

    /** {@return the approximate size of this index in bytes of memory} */
    public long memoryBytes() {
        return (long) BYTES_PER_MESSAGE * count;
    }

    /** {@return the bytes that the messages take in a stream: their own and a comma each} */
    public int storedBytes() {
        return count == 0 ? 0 : end(count - 1) - first + 1;
    }

    /**
     * {@return the first byte of a message}
     *
     * @param index the message, 0 … {@link #count} - 1; not checked
     */
    public int start(int index) {
        return index == 0 ? first : end(index - 1) + 1;
    }

    /**
     * {@return the byte after the last one of a message}
     *
     * @param index the message, 0 … {@link #count} - 1; not checked
     */
    public int end(int index) {
        return pages[index >> PAGE_SHIFT][index & (PAGE_MESSAGES - 1)];
    }

    /**
     * {@return the first message, from {@code from} on, that ends after {@code index}; {@link #count} for none}
     *
     * @param from the message where the search begins
     * @param index bytes from the first byte of the body
     */
    public int firstEndingAfter(int from, int index) {
        int low = from;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(middle) > index) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
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
