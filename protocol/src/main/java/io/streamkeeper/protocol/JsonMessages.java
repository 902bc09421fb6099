package io.streamkeeper.protocol;

/**
 * The index of the messages of one split JSON body (section 9.1). Each message is the bytes from {@link #start} to
 * {@link #end}, counted from the first byte of the body; messages are in order, with one comma between two. A message
 * is stored as the client sent it, followed by one comma. The index takes four bytes of memory for each message and for
 * each field, and at most {@link #BYTES_PER_BODY_BYTE_MAX} for each byte of the body.
 *
 * <p>If fields are added to messages, starts and ends are those after all fields have been inserted into the body; the
 * places of the fields, {@link #field}, are those in the body as it is.
 */
public final class JsonMessages {
    /** The largest index in bytes for each byte of a body: the shortest message and its comma are two bytes. */
    public static final int BYTES_PER_BODY_BYTE_MAX = 2;

    /** The index of an empty array. */
    public static final JsonMessages NONE = new JsonMessages(0, new PagedInts(), new PagedInts());

    private final int first;

    /** The end of each message. */
    private final PagedInts ends;

    private final PagedInts fields;

    private JsonMessages(int first, PagedInts ends, PagedInts fields) {
        this.first = first;
        this.ends = ends;
        this.fields = fields;
    }

    /** Builds an index while the messages are found. */
    static final class Collector {
        private final PagedInts ends = new PagedInts();
        private final PagedInts fields = new PagedInts();
        private int first;

        /** The first message begins at {@code index}. */
        void beginAt(int index) {
            first = index;
        }

        /** An {@link OffsetField} is inserted before the byte at {@code index} of the next message. */
        void addField(int index) {
            fields.add(index);
        }

        /** The next message ends before {@code end}, without fields. */
        void add(int end) {
            ends.add(end + fieldBytes());
        }

        /** The bytes of all fields. */
        int fieldBytes() {
            return OffsetField.BYTES * fields.size();
        }

        JsonMessages messages() {
            return ends.size() == 0 ? NONE : new JsonMessages(first, ends, fields);
        }
    }

    /** {@return the number of messages} */
    public int count() {
        return ends.size();
    }

    /** {@return how many messages get an {@link OffsetField}} */
    public int fieldCount() {
        return fields.size();
    }

    /** {@return the length of all fields in bytes} */
    public int fieldBytes() {
        return OffsetField.BYTES * fields.size();
    }

    /**
     * {@return the byte of the body before which a field is inserted; fields are in the order of the messages}
     *
     * @param index the field, 0 … {@link #fieldCount} - 1; not checked
     */
    public int field(int index) {
        return fields.get(index);
    }

    /** {@return the approximate size of this index in bytes of memory} */
    public long memoryBytes() {
        return (long) Integer.BYTES * (ends.size() + fields.size());
    }

    /** {@return the bytes that the messages take in a stream: their own, their fields and a comma each} */
    public int storedBytes() {
        return count() == 0 ? 0 : end(count() - 1) - first + 1;
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
        return ends.get(index);
    }

    /**
     * {@return the first message, from {@code from} on, that ends after {@code index}; {@link #count} for none}
     *
     * @param from the message where the search begins
     * @param index bytes from the first byte of the body
     */
    public int firstEndingAfter(int from, int index) {
        int low = from;
        int high = count();
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
        for (int i = 0; i < count(); i++) {
            text.append(i == 0 ? "" : ", ").append(start(i)).append(", ").append(end(i));
        }
        return text.append(']').toString();
    }
}
