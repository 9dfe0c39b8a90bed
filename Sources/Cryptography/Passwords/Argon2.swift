internal import CArgon2
internal import CCrypto

/// Argon2id, version 1.3 (RFC 9106). Blocks the calling thread for as long as its parameters demand.
enum Argon2 {
    static let version: UInt32 = 0x13

    /// - Parameter password: is wiped.
    static func hash(
        _ password: inout [UInt8], salt: [UInt8], secret: [UInt8] = [], data: [UInt8] = [],
        parameters: Argon2Parameters, byteCount: Int
    ) throws(CryptographyError) -> [UInt8] {
        var (salt, secret, data) = (salt, secret, data)
        var output = [UInt8](repeating: 0, count: byteCount)
        let status = unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe password.withUnsafeMutableBufferPointer { password in
                unsafe salt.withUnsafeMutableBufferPointer { salt in
                    unsafe secret.withUnsafeMutableBufferPointer { secret in
                        unsafe data.withUnsafeMutableBufferPointer { data in
                            var context = unsafe Argon2_Context(
                                out: output.baseAddress, outlen: UInt32(output.count),
                                pwd: password.baseAddress, pwdlen: UInt32(password.count),
                                salt: salt.baseAddress, saltlen: UInt32(salt.count),
                                secret: secret.baseAddress, secretlen: UInt32(secret.count),
                                ad: data.baseAddress, adlen: UInt32(data.count),
                                t_cost: parameters.passes, m_cost: parameters.memoryKibibytes,
                                lanes: parameters.lanes, threads: parameters.lanes, version: version,
                                allocate_cbk: nil, free_cbk: nil, flags: 0)
                            return unsafe argon2id_ctx(&context)
                        }
                    }
                }
            }
        }
        Wipe.now(&password)
        guard status == 0 else { throw refusal(status) }
        return output
    }

    private static func refusal(_ status: Int32) -> CryptographyError {
        let reason = unsafe argon2_error_message(status).map { unsafe String(cString: $0) } ?? "status \(status)"
        return CryptographyError(.library, "Argon2 could not hash: \(reason)")
    }
}
