package io.streamkeeper.server.api;

/**
 * One message of a JSON stream.
 *
 * @param json the JSON text that was appended
 * @param nextOffset the offset after the message, to read on from
 */
public record Message(String json, String nextOffset) {
    /** The JSON text. */
    @Override
    public String toString() {
        return json;
    }
}
