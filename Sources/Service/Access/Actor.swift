/// Who acts. Until there are accounts, there is one person.
package enum Actor {
    package static let admin = "admin"
}
