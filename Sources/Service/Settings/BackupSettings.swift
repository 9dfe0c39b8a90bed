package import Backup
package import Configuration

/// Where backups go and what they are encrypted with.
package enum BackupSettings {
    package static let target = Setting(
        "LIFEOS_BACKUP_TARGET", .text, whenUnset: "the folder `backups` in LIFEOS_HOME",
        "Where backups go: an absolute path, or s3://bucket/prefix.",
        hazard: "A copy on the same disk is lost with it.")

    package static let endpoint = Setting(
        "LIFEOS_BACKUP_S3_ENDPOINT", .text, whenUnset: "AWS, in the region",
        "The S3 endpoint, such as https://minio.example:9000.")

    package static let region = Setting("LIFEOS_BACKUP_S3_REGION", .text, default: "us-east-1", "The bucket's region.")

    package static let accessKey = Setting(
        "AWS_ACCESS_KEY_ID", .text, whenUnset: "no bucket can be used", "The access key of the bucket.")

    package static let secretKey = Setting(
        "AWS_SECRET_ACCESS_KEY", .secret(), whenUnset: "no bucket can be used", "The secret key of the bucket.")

    package static let sessionToken = Setting(
        "AWS_SESSION_TOKEN", .secret(), whenUnset: "the keys are permanent", "The session token of temporary keys.")

    package static let keyFile = Setting(
        "LIFEOS_BACKUP_KEY_FILE", .path, whenUnset: "backups are not encrypted",
        "A file with the 32 bytes that backups are encrypted with, in hexadecimal or base64.",
        hazard: "Keep a copy elsewhere: without it, the backups are lost with this machine.")

    package static let passphrase = Setting(
        "LIFEOS_BACKUP_PASSPHRASE", .secret(lengthMin: 12), whenUnset: "backups are not encrypted",
        "A passphrase from which the backup key is derived, instead of a key file.",
        hazard: "If you lose it, the backups are lost.")

    package static let schedule = Setting(
        "LIFEOS_BACKUP_SCHEDULE", kind, whenUnset: "no automatic backups",
        "When the server backs up, such as: full daily 03:00, incremental hourly, drill weekly.")

    private static let kind = Kind(form: BackupSchedule.form, placeholder: "schedule") { text, _ throws(Malformed) in
        do throws(BackupScheduleProblem) {
            return try BackupSchedule(text)
        } catch {
            throw Malformed(hint: error.description)
        }
    }

    package static let all: [any AnySetting] = [
        schedule, target, endpoint, region, accessKey, secretKey, sessionToken, keyFile, passphrase,
    ]
}
