package io.streamkeeper.client.api;

/**
 * One message of a JSON stream.
 *
 * @param json the JSON text that was appended
 * @param nextOffset the offset after the message, from which to read next
 */
public record Message(String json, String nextOffset) {
    /** The JSON text. */
    @Override
    public String toString() {
        return json;
    }
}
