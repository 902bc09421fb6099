package io.streamkeeper.tier;

/** Objects in versitygw. */
class VersityObjectsIT extends S3ObjectsIT {
    @Override
    S3Server.Kind kind() {
        return S3Server.Kind.VERSITYGW;
    }
}
