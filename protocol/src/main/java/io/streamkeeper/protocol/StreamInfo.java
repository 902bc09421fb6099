package io.streamkeeper.protocol;

/**
 * The description of a stream (section 5.5).
 *
 * @param incarnation the generation of the stream, for the entity tag
 * @param contentType the content type
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
        Offset earliest) {
    /**
     * {@return the entity tag of the metadata that can be changed, without its quotes} It is the same whenever the
     * content type, the expiry and the retention of this stream are the same.
     */
    public String metadataTag() {
        return MetadataTag.of(this);
    }
}
