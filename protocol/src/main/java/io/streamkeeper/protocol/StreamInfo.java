package io.streamkeeper.protocol;

/**
 * The description of a stream (section 5.5).
 *
 * @param incarnation the generation of the stream, for the entity tag
 * @param contentType the content type with which the stream was created
 * @param tail the offset after the last byte
 * @param closed whether the stream is closed
 * @param expiry when the stream expires
 * @param retention how much it keeps
 * @param earliest the first offset that can be read
 */
public record StreamInfo(
        long incarnation,
        ContentType contentType,
        Offset tail,
        boolean closed,
        Expiry expiry,
        Retention retention,
        Offset earliest) {}
