# Cards and the attention budget
